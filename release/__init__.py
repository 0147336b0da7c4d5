"""What a release does that needs no GitHub: rules, rewriting and git, so that tests can run it.

`.github/workflows/release.yml` calls `python -m release …` with the standard library alone;
`docs/releasing.md` has the order and why no step of it leaves anybody with something broken.
"""
