"""AU-02, AU-12: bundles of a log that somebody with full access to its database has changed."""

from audit import checkpoints
from audit.models import Event, Leaf
from audit.selectors import EventFilter
from tests.audit.tampering import disarm

PART = EventFilter(object_id="record-3")


def test_a_forked_tree_is_named_though_the_right_key_signed_it(
    committed_databases, make_bundle, write_batches
):
    """AU-02: an older state is put back and another history of the same length is written on top."""
    write_batches(5)
    older = committed_databases.copy("audit")
    write_batches(5)
    kept = checkpoints.latest().note
    committed_databases.use("audit", older)
    write_batches(5, 3)
    for bundle in (make_bundle(), make_bundle(PART, name="part", kept=[5, 10])):
        assert bundle.verify(*bundle.keep(10, kept)) == {"forked_tree"}
        assert bundle.verify(*bundle.keep(5)) == set()


def test_an_event_that_is_gone_from_the_database_is_gone_from_the_bundle_and_named(
    committed_databases, make_bundle, write_batches
):
    """A bundle says what the database holds; the verifier says what is wrong with it."""
    write_batches(9, 8)
    disarm()
    Event.objects.filter(pk=Leaf.objects.get(idx=4).event_id).delete()
    assert make_bundle().verify() == {"event_deleted"}
