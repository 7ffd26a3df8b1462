"""Values of the scalars that no generator knows, and pages that exist: a list has arguments that exclude each other."""

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

integers = st.integers(min_value=-(2**64), max_value=2**64)
amounts = st.decimals(min_value=-1, max_value=10**9, allow_nan=False, places=2).map(str)

schemathesis.graphql.scalar("Int64", integers.map(nodes.Int) | integers.map(str).map(nodes.String))
schemathesis.graphql.scalar("Decimal", (amounts | st.text(max_size=20)).map(nodes.String))
schemathesis.graphql.scalar("JSON", st.text(max_size=20).map(nodes.String) | integers.map(nodes.Int))

# Arguments that are left out, in turn: without filters and cursors, backward, forward, none.
FILTERS = {"name", "email", "profileId", "accountId", "status", "from", "to"}
OMITTED = [{"after", "last", "before"} | FILTERS, {"first", "after"}, {"last", "before"}, set()]


class Selectable(graphql.Visitor):
    """Omits arguments, and makes most sizes of pages valid."""

    def __init__(self, omitted):
        super().__init__()
        self.omitted = omitted

    def enter_argument(self, node, *_):
        name, value = node.name.value, node.value
        if name in self.omitted:
            return graphql.REMOVE
        if name in ("first", "last") and self.omitted and isinstance(value, graphql.IntValueNode):
            size = graphql.IntValueNode(value=str(abs(int(value.value)) % 50))
            return graphql.ArgumentNode(name=node.name, value=size)
        return None


@schemathesis.hook
def map_body(_, body):
    size = len(graphql.print_ast(body))
    return graphql.visit(body, Selectable(OMITTED[size % len(OMITTED)]))
