"""The real action in a simulated world, made visible: what a person would see on GitHub.

Knows the simulator and, in one place, the action; neither knows of it. Nothing of it is in the image.
"""
