"""The world, thin: each module speaks to one thing outside and translates it at the edge."""
