"""The mechanism of every life: a table of steps, one function that changes a state, one way back."""

from chengzhi.lifecycle.life import Life, Step

__all__ = ["Life", "Step"]
