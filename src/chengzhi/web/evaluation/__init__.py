"""The evaluation pages under /desk/evaluation/."""
