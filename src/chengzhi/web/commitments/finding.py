"""A promise by its number, for who may see it; for others it is not there."""

from django.http import Http404

from chengzhi.branch.commitments import queries
from chengzhi.branch.commitments.models import Commitment
from chengzhi.branch.commitments.problems import NoSuchCommitment
from chengzhi.web.access import Request


def mine(request: Request, number: str) -> Commitment:
    """A promise of one's own bodies. Raises Http404."""
    try:
        return queries.commitment(number, by=request.actor)
    except NoSuchCommitment:
        raise Http404(number) from None
