"""What the action costs, against what one would use instead: `make bench`.

Compared are pairs, one of each side by turns, on the same machine and in the same minutes; what is
said of them is a ratio with its interval, since an absolute time is about the machine alone.
"""
