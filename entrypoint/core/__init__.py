"""What Devin Gate decides: values in, values out, no clock, no network, no file."""
