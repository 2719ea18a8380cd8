"""A pretend Zoom beside a pretend Slack and Teams: servers that know nothing of qoswatch."""

from simulator.server import Simulator

__all__ = ["Simulator"]
