from __future__ import annotations

import threading

import pytest

from catenary import Chain, Link, LinkHook, link_hook
from catenary.errors import LinkError


class Add(Link):
    def forward(self, x, k=1):
        return x + k


class Outer(Chain):
    def __init__(self):
        super().__init__(inner=Add())

    def forward(self, x):
        return self.inner(x)


class Log(LinkHook):
    name = "Log"

    def __init__(self, log):
        self.log = log

    def added(self, link):
        self.log.append(("added", link))

    def deleted(self, link):
        self.log.append(("deleted", link))

    def forward_preprocess(self, args):
        self.log.append(("pre", args.link, args.forward_name, args.args, args.kwargs))

    def forward_postprocess(self, args):
        self.log.append(("post", args.link, args.forward_name, args.args, args.kwargs, args.out))


@pytest.fixture
def log():
    yield []
    assert link_hook.in_use == []


def test_a_hook_in_a_with_statement_sees_every_call_of_the_thread(log):
    link = Add()
    with Log(log) as hook:
        assert isinstance(hook, Log)
        assert link(3, k=2) == 5
    link(4)
    assert log == [
        ("added", None),
        ("pre", link, "forward", (3,), {"k": 2}),
        ("post", link, "forward", (3,), {"k": 2}, 5),
        ("deleted", None),
    ]


def test_a_call_without_arguments_shows_none(log):
    class Say(Link):
        def forward(self):
            return "x"

    with Log(log):
        Say()()
    assert log[1][3:] == ((), {})


def test_calls_inside_calls_are_seen_inside(log):
    outer = Outer()
    with Log(log):
        outer(3)
    assert [(entry[0], entry[1]) for entry in log[1:-1]] == [
        ("pre", outer),
        ("pre", outer.inner),
        ("post", outer.inner),
        ("post", outer),
    ]


def test_a_hook_of_one_link_sees_its_calls_only(log):
    link, other = Add(), Add()
    assert link.add_hook(Log(log)) is link
    other(1)
    assert link(3) == 4
    assert [entry[0] for entry in log] == ["added", "pre", "post"]
    assert log[0] == ("added", link)
    link.delete_hook("Log")
    link(3)
    assert log[3:] == [("deleted", link)]


def test_hooks_of_the_thread_come_before_those_of_the_link(log):
    class Name(LinkHook):
        def __init__(self, name):
            self.name = name

        def forward_preprocess(self, args):
            log.append(self.name)

    link = Add()
    link.add_hook(Name("local"))
    link.add_hook(Name("x"), name="second")
    assert list(link.local_link_hooks) == ["local", "second"]
    with Name("a"), Name("b"):
        link(1)
    assert log == ["a", "b", "local", "x"]


def test_a_name_is_used_once(log):
    link = Add()
    with Log(log), pytest.raises(LinkError, match="a hook named 'Log' is active in this thread already"):
        Log(log).__enter__()
    link.add_hook(Log(log))
    with pytest.raises(LinkError, match="this Add has a hook named 'Log' already"):
        link.add_hook(Log(log))
    link.add_hook(Log(log), name="another")
    with pytest.raises(LinkError, match=r"no hook named 'x' \(hooks: 'Log', 'another'\)"):
        link.delete_hook("x")


def test_an_error_in_forward_runs_no_postprocess_and_the_hook_ends_with_its_block(log):
    with pytest.raises(TypeError), Log(log):
        Add()("text")
    assert [entry[0] for entry in log] == ["added", "pre", "deleted"]
    assert link_hook.get_link_hooks() == {}


def test_other_threads_do_not_see_the_hook(log):
    with Log(log):
        thread = threading.Thread(target=Add(), args=(1,))
        thread.start()
        thread.join()
    assert log == [("added", None), ("deleted", None)]


def test_a_shared_copy_has_a_register_of_hooks_of_its_own(log):
    link = Add().add_hook(Log(log))
    new = link.copy()
    new.delete_hook("Log")
    assert list(link.local_link_hooks) == ["Log"]


def test_the_base_class_does_nothing():
    assert LinkHook().name == "LinkHook"
    with LinkHook():
        assert Add()(1) == 2
