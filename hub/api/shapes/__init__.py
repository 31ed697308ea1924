"""The shapes of the API's answers, as the OpenAPI document tells them; made of the values that the answers are made of.

No answer is built from these: the routes answer with what the state holds. The tests hold every answer against them.
"""

from hub.api.shapes.base import Refusal, Shape

__all__ = ["Refusal", "Shape"]
