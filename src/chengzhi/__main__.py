"""`python -m chengzhi` is the same as `chengzhi`."""

from chengzhi.cli import main

main()
