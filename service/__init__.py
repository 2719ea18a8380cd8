"""service keeps and answers: what people register, and what they ask. It makes no outgoing HTTP call."""

__version__ = "0.1.0"
