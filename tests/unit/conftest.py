"""How the properties are run: without a limit for one example, since machines differ."""

from hypothesis import settings

settings.register_profile("unit", deadline=None)
settings.load_profile("unit")
