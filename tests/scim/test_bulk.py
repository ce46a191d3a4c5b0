"""Bulk requests, RFC 7644 section 3.7."""

import json
from collections.abc import Iterator
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scim2_models import BulkResponse, Context, Group, User

from ecma2py.scim.bulk import (
    BULK_REQUEST,
    MAX_BULK_ID,
    BulkJob,
    BulkLimits,
    BulkOperation,
    parse_bulk,
)
from ecma2py.scim.errors import ScimError, uniqueness

BASE = "https://host:8585/ecma2host_HR/scim"


def _body(*operations: object, **members: object) -> dict[str, object]:
    return {"schemas": [BULK_REQUEST], "Operations": list(operations), **members}


def _job(*operations: object, **members: object) -> BulkJob:
    return parse_bulk(_body(*operations, **members), size=100, base_url=f"{BASE}/")


def _post(bulk_id: str, *refers: str, endpoint: str = "/Groups") -> dict[str, object]:
    members = [{"value": f"bulkId:{each}"} for each in refers]
    return {
        "method": "POST",
        "path": endpoint,
        "bulkId": bulk_id,
        "data": {"displayName": bulk_id, "members": members},
    }


def _run(job: BulkJob, limit: int = 1) -> list[int]:
    """Every operation done, the id of each created resource being ``id-<bulkId>``."""
    order = []
    for batch in job.batches(limit):
        for operation in batch:
            order.append(operation.index)
            if operation.method == "POST":
                job.succeed(operation, status=201, resource_id=f"id-{operation.bulk_id}")
            else:
                job.succeed(operation, status=200, version='W/"2"')
    return order


def _answers(job: BulkJob) -> list[dict]:
    response = job.response()
    BulkResponse[User | Group].model_validate(response, scim_ctx=Context.BULK_RESPONSE)
    json.dumps(response).encode()
    return response["Operations"]


def test_the_example_of_the_rfc() -> None:
    """A user and the group it belongs to are created in one request (RFC 7644 section 3.7.2)."""
    job = _job(
        _post("ytrewq", "qwerty"),
        {"method": "POST", "path": "/Users", "bulkId": "qwerty", "data": {"userName": "Alice"}},
    )
    operations = list(_taken(job))

    assert [one.bulk_id for one in operations] == ["qwerty", "ytrewq"]
    assert operations[1].data["members"] == [{"value": "id-qwerty"}]
    assert _answers(job) == [
        {
            "method": "POST",
            "bulkId": "ytrewq",
            "location": f"{BASE}/Groups/id-ytrewq",
            "status": "201",
        },
        {
            "method": "POST",
            "bulkId": "qwerty",
            "location": f"{BASE}/Users/id-qwerty",
            "status": "201",
        },
    ]


def _one_by_one(job: BulkJob) -> Iterator[BulkOperation]:
    return chain.from_iterable(job.batches(1))


def _taken(job: BulkJob) -> Iterator[BulkOperation]:
    for operation in _one_by_one(job):
        job.succeed(operation, status=201, resource_id=f"id-{operation.bulk_id}")
        yield operation


@st.composite
def _graphs(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    """Operations in any order; references lead from later to earlier letters only."""
    size = draw(st.integers(1, 8))
    names = [chr(ord("a") + index) for index in range(size)]
    nodes = [
        (name, draw(st.lists(st.sampled_from(names[:index]), max_size=3)) if index else [])
        for index, name in enumerate(names)
    ]
    return draw(st.permutations(nodes))


@given(nodes=_graphs(), limit=st.integers(1, 5))
def test_references_are_created_first_and_every_operation_runs_once(nodes, limit) -> None:
    """Whatever the order of the request, nobody runs before what it refers to, and all succeed."""
    job = _job(*(_post(name, *refers) for name, refers in nodes))

    order = _run(job, limit)

    assert sorted(order) == list(range(len(nodes)))
    position = {nodes[index][0]: place for place, index in enumerate(order)}
    for name, refers in nodes:
        assert all(position[each] < position[name] for each in refers)
    assert [answer["bulkId"] for answer in _answers(job)] == [name for name, _ in nodes]
    for operation in job.operations:
        refers = nodes[operation.index][1]
        assert operation.data["members"] == [{"value": f"id-{each}"} for each in refers]


@given(methods=st.lists(st.sampled_from(["PUT", "PATCH", "DELETE"]), max_size=10), data=st.data())
def test_without_references_the_order_is_the_requests(methods, data) -> None:
    """Operations that refer to nothing run as they were sent, whatever the size of batches."""
    job = _job(
        *(
            {"method": method, "path": f"/Users/{data.draw(st.integers(0, 2))}", "data": {}}
            for method in methods
        )
    )

    assert _run(job, data.draw(st.integers(1, 4))) == list(range(len(methods)))


@given(nodes=_graphs(), limit=st.integers(1, 5))
def test_a_batch_holds_nothing_that_depends_on_another_of_it(nodes, limit) -> None:
    """The operations of one batch may run at once: they are of one method and refer elsewhere."""
    job = _job(*(_post(name, *refers) for name, refers in nodes))
    taken: list[int] = []
    for batch in job.batches(limit):
        taken += [one.index for one in batch]
        assert 0 < len(batch) <= limit
        made = {one.bulk_id for one in batch}
        for operation in batch:
            assert not made & set(dict(nodes)[str(operation.bulk_id)])
            job.succeed(operation, status=201, resource_id=f"id-{operation.bulk_id}")
    assert sorted(taken) == list(range(len(nodes)))


def test_operations_on_one_resource_are_never_in_one_batch() -> None:
    """Two changes of one resource run one after the other, also where a bulkId names it."""
    patch = {"method": "PATCH", "path": "/Users/1", "data": {}}
    named = {"method": "PATCH", "path": "/Users/bulkId:a", "data": {}}
    job = _job(_post("a", endpoint="/Users"), patch, {**patch, "path": "/Users/2"}, patch)
    sizes = []
    for batch in job.batches(10):
        sizes.append([one.index for one in batch])
        _report(job, batch)
    assert sizes == [[0], [1, 2], [3]]

    job = _job(_post("a", endpoint="/Users"), named, named)
    sizes = []
    for batch in job.batches(10):
        sizes.append([one.resource_id for one in batch])
        _report(job, batch)
    assert sizes == [[None], ["id-a"], ["id-a"]]


def _report(job: BulkJob, batch: list) -> None:
    for one in batch:
        job.succeed(one, status=200, resource_id=f"id-{one.bulk_id}")


def test_references_in_paths_filters_and_deep_values_are_filled() -> None:
    """BulkId is resolved in the path, in any string value, and in a PATCH path's filter."""
    job = _job(
        {
            "method": "patch",
            "path": "/Groups/bulkId:g",
            "data": {
                "Operations": [
                    {"op": "add", "path": "members", "value": [{"value": "bulkId:u"}]},
                    {"op": "remove", "path": 'members[value eq "bulkId:u"]'},
                    {"op": "add", "path": "displayName", "value": "about bulkId:u"},
                    {"op": "remove", "path": 'members[value eq "x"]', "value": None},
                ]
            },
        },
        _post("g"),
        _post("u", endpoint="/Users"),
    )

    assert _run(job) == [1, 2, 0]
    patch = job.operations[0]
    assert (patch.method, patch.endpoint, patch.resource_id) == ("PATCH", "/Groups", "id-g")
    operations = patch.data["Operations"]
    assert operations[0]["value"] == [{"value": "id-u"}]
    assert operations[1]["path"] == 'members[value eq "id-u"]'
    assert operations[2]["value"] == "about bulkId:u"
    answer = _answers(job)[0]
    assert answer["location"] == f"{BASE}/Groups/id-g"
    assert answer["version"] == 'W/"2"'


def test_a_circle_is_refused_and_the_rest_is_done() -> None:
    """Operations that refer to one another in a circle are 409; others are not touched by it."""
    job = _job(_post("a", "b"), _post("b", "a"), _post("c"), _post("self", "self"))

    assert _run(job) == [2]
    answers = _answers(job)
    assert [answer["status"] for answer in answers] == ["409", "409", "201", "409"]
    assert "location" not in answers[0]


def test_what_refers_to_a_failed_or_missing_resource_fails() -> None:
    """A reference to a POST that failed is 409, to one that is not there 400."""
    job = _job(_post("a"), _post("b", "a"), _post("c", "nobody"))
    for operation in _one_by_one(job):
        job.fail(operation, uniqueness("userName is in use"))

    answers = _answers(job)
    assert [answer["status"] for answer in answers] == ["409", "409", "400"]
    assert answers[0]["response"]["scimType"] == "uniqueness"
    assert "nobody" in answers[2]["response"]["detail"]
    assert job.errors == 3


@pytest.mark.parametrize(("accepted", "tried"), [(None, 4), (1, 1), (2, 3), (3, 4)])
def test_stops_after_the_errors_the_client_accepts(accepted: int | None, tried: int) -> None:
    """With failOnErrors n nothing runs after the n-th error; without it everything does."""
    job = _job(*(_post(each) for each in "abcd"), failOnErrors=accepted)
    for batch in job.batches(10):
        for operation in batch:
            if operation.bulk_id == "b":
                job.succeed(operation, status=201, resource_id="b")
            else:
                job.fail(operation, uniqueness("no"))

    assert len(_answers(job)) == tried
    assert job.stopped is (accepted is not None and job.errors >= accepted)


def test_operations_at_fault_count_as_errors() -> None:
    """What cannot even be read is an error of that operation, and counts for failOnErrors."""
    job = _job("nonsense", _post("a"), failOnErrors=1)

    assert _run(job) == []
    assert [answer["status"] for answer in _answers_unchecked(job)] == ["400"]


def _answers_unchecked(job: BulkJob) -> list[dict]:
    return job.response()["Operations"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"method": "GET"}, "method"),
        ({"method": None}, "method"),
        ({"method": "\ud800"}, "method"),
        ({"path": None}, "path"),
        ({"path": "/Users/1"}, "path"),
        ({"path": ""}, "path"),
        ({"path": "/Users?x=1"}, "path"),
        ({"path": "/\ud800"}, "path"),
        ({"method": "PUT", "path": "/Users"}, "path"),
        ({"method": "PUT", "path": "/Users//"}, "path"),
        ({"method": "DELETE", "path": "/Users/1/2"}, "path"),
        ({"data": None}, "data"),
        ({"data": []}, "data"),
        ({"bulkId": 5}, "bulkId"),
        ({"bulkId": ""}, "bulkId"),
        ({"bulkId": "x" * (MAX_BULK_ID + 1)}, "bulkId"),
        ({"bulkId": "\ud800"}, "bulkId"),
        ({"version": 1}, "version"),
    ],
)
def test_a_malformed_operation_fails_alone(changes: dict[str, object], word: str) -> None:
    """What is wrong with one operation is its own 400, naming the member; the next one runs."""
    job = _job({**_post("a"), **changes}, _post("b"))

    assert _run(job) == [1]
    answers = _answers_unchecked(job)
    json.dumps(answers, ensure_ascii=False).encode()
    assert answers[0]["status"] == "400"
    assert word in answers[0]["response"]["detail"]


def test_a_bulk_id_used_twice_fails_the_second_post() -> None:
    """The first POST keeps the bulkId, and references mean it."""
    job = _job(_post("a"), _post("a"), _post("b", "a"))

    assert _run(job) == [0, 2]
    assert [answer["status"] for answer in _answers(job)] == ["201", "400", "201"]


def test_a_post_without_bulk_id_and_a_delete_are_plain() -> None:
    """A POST may go without bulkId; a DELETE has no data and keeps its version."""
    delete = {"method": "DELETE", "path": "Users/a%20b", "version": 'W/"1"', "data": "x"}
    job = _job({"method": "POST", "path": "/Users", "data": {}}, delete)

    assert _run(job) == [0, 1]
    operation = job.operations[1]
    assert (operation.resource_id, operation.version, operation.data) == ("a b", 'W/"1"', None)
    assert _answers_unchecked(job)[1]["location"] == f"{BASE}/Users/a%20b"


def test_success_of_a_post_needs_the_new_id() -> None:
    """A runner that forgets the id of a created resource is told at once."""
    job = _job(_post("a"))
    with pytest.raises(ValueError, match="id"):
        job.succeed(job.operations[0], status=201)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"Operations": {}},
        {"schemas": ["urn:other"], "Operations": []},
        {"Operations": [], "failOnErrors": 0},
        {"Operations": [], "failOnErrors": True},
        {"Operations": [], "failOnErrors": "1"},
    ],
)
def test_what_is_no_bulk_request_is_refused(body: object) -> None:
    """A body of another shape is one 400 for the whole."""
    with pytest.raises(ScimError) as raised:
        parse_bulk(body, size=1, base_url=BASE)

    assert raised.value.status == 400


def test_limits_are_413_and_named() -> None:
    """Too many operations or bytes are 413 with the limit in the message."""
    limits = BulkLimits(max_operations=1, max_payload_size=50)
    with pytest.raises(ScimError, match="maxOperations is 1") as raised:
        parse_bulk(_body(_post("a"), _post("b")), size=50, base_url=BASE, limits=limits)
    assert raised.value.status == 413
    with pytest.raises(ScimError, match="maxPayloadSize is 50") as raised:
        parse_bulk(_body(), size=51, base_url=BASE, limits=limits)
    assert raised.value.status == 413


def test_an_empty_job_has_an_empty_answer() -> None:
    """No operations is no error."""
    assert _answers(_job()) == []


def test_depth_and_chains_cost_no_stack() -> None:
    """A chain of a thousand references and values nested ten thousand deep are no trouble."""
    deep: object = "bulkId:0"
    for _ in range(10_000):
        deep = [deep]
    chain = [_post(str(each), str(each + 1)) for each in range(998)]
    job = _job(*chain, _post("998"), {**_post("deep"), "data": {"x": deep}})

    assert _run(job)[:3] == [998, 997, 996]
    assert job.errors == 0
