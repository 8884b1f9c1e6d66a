"""One model's levels, each searched, proven and locked: what a lead does.

What may live here: whatever finds plans or bounds of a level. Everything that decides which plan
comes out is deterministic. What never: several parts, or a second opinion.
"""
