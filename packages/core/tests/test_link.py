from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import catenary
from catenary import Chain, Link, Parameter, Sequential, Variable
from catenary.errors import (
    ArgumentError,
    ArgumentTypeError,
    LinkError,
    NotAvailableError,
    ShapeError,
)


class Affine(Link):
    """A link with two parameters, one without shape, two persistent values and printable specs."""

    def __init__(self, size=2):
        super().__init__()
        with self.init_scope():
            self.W = Parameter(lambda array: array.fill(3), (size,))
            self.b = Parameter(5)
        self.add_persistent("mean", np.zeros(size, np.float32))
        self.add_persistent("count", 0)

    @property
    def printable_specs(self):
        yield "size", self.W.shape[0]

    def forward(self, x, y=0):
        return x + y


class Rule:
    """As much of an update rule as links use."""

    enabled = True


# --- calling ---


@pytest.mark.parametrize(
    ("args", "kwargs", "expected"),
    [((1,), {}, 1), ((1, 2), {}, 3), ((1,), {"y": 2}, 3), ((), {"x": 1}, 1), ((), {"x": 1, "y": 2}, 3)],
)
def test_calling_passes_all_arguments_to_forward(args, kwargs, expected):
    assert Affine()(*args, **kwargs) == expected


def test_calling_passes_none_as_an_argument():
    class Say(Link):
        def forward(self, *args):
            return args

    assert Say()() == ()
    assert Say()(None) == (None,)


def test_a_link_without_forward_says_so():
    with pytest.raises(LinkError, match=r"Link: calling it needs a method forward"):
        Link()(1)


def test_old_code_overrides_the_call_itself():
    class Old(Link):
        def __call__(self, x):
            return -x

    assert Old()(3) == -3


def test_an_unknown_argument_is_the_type_error_of_forward():
    with pytest.raises(TypeError, match="forward"):
        Affine()(1, z=3)


# --- registering ---


def test_parameters_assigned_in_the_scope_are_registered_and_named():
    link = Link()
    with link.init_scope():
        link.W = Parameter(0, (2,))
        link.other = "no parameter"
    link.outside = Parameter(0, (2,))
    assert [(path, param.name) for path, param in link.namedparams()] == [("/W", "W")]


def test_the_scope_nests_and_closes_after_an_error():
    link = Link()
    assert not link.within_init_scope
    with link.init_scope():
        with link.init_scope():
            pass
        assert link.within_init_scope
    with pytest.raises(RuntimeError), link.init_scope():
        raise RuntimeError
    assert not link.within_init_scope


def test_a_parameter_may_be_replaced_in_the_scope_and_outside():
    link = Affine()
    with link.init_scope():
        link.W = Parameter(1, (7,))
    assert link.W.shape == (7,)
    link.W = Parameter(1, (8,))
    assert [param.shape for param in link.params(include_uninit=False)] == [(8,)]


def test_a_variable_may_stand_in_for_a_parameter():
    link = Affine()
    link.W = link.W * 2
    assert next(link.params()) is link.W


def test_something_else_in_the_place_of_a_parameter_is_an_error_when_they_are_looked_through():
    link = Affine()
    link.W = 3
    with pytest.raises(LinkError, match=r"Affine.W is registered as a parameter and holds int"):
        list(link.params())


def test_a_parameter_takes_the_place_of_a_persistent_value():
    link = Affine()
    with link.init_scope():
        link.count = Parameter(1, (1,))
    assert [path for path, _ in link.namedparams()] == ["/W", "/b", "/count"]
    assert link._persistent == {"mean"}


def test_deleting_an_attribute_takes_it_from_the_register():
    link = Affine()
    del link.W
    del link.count
    assert [path for path, _ in link.namedparams()] == ["/b"]
    assert link._persistent == {"mean"}
    with pytest.raises(AttributeError):
        del link.W


def test_a_link_has_no_children():
    link = Link()
    with pytest.raises(LinkError, match=r"cannot register the link 'l1'.*derive from Chain"), link.init_scope():
        link.l1 = Link()
    assert not hasattr(link, "l1")


def test_forgetting_super_init_is_an_error_that_says_so():
    class Forgetful(Chain):
        def __init__(self):
            self.x = 3  # attributes are no matter
            with self.init_scope():
                pass

    with pytest.raises(LinkError, match=r"Forgetful: call super\(\).__init__\(\) first in its __init__"):
        Forgetful()


@pytest.mark.parametrize("use", [lambda x: list(x.params()), lambda x: x.cleargrads(), lambda x: x.copy()])
def test_a_link_without_super_init_cannot_be_used(use):
    class Forgetful(Link):
        def __init__(self):
            pass

    with pytest.raises(LinkError, match=r"Forgetful: call super\(\).__init__\(\)"):
        use(Forgetful())


def test_add_param_makes_parameters_of_all_sorts():
    link = Link()
    link.add_param("a", (2, 3))
    link.add_param("b", 2, initializer=1.5)
    link.add_param("c", initializer=4)
    link.add_param("d", (2,), np.float64, np.array([1, 2]))
    link.add_param("e", (2,), "f2", lambda array: array.fill(7))
    link.add_param("f", dtype=np.float16, initializer=2)
    link.add_param("g", ())
    assert np.isnan(link.a.array).all()
    assert link.a.dtype == np.float32
    assert link.b.array.tolist() == [1.5, 1.5]
    assert link.c.array is None
    assert (link.d.dtype, link.d.array.tolist()) == (np.float64, [1, 2])
    assert (link.e.dtype, link.e.array.tolist()) == (np.float16, [7, 7])
    link.f.initialize((1,))
    assert (link.f.dtype, link.f.array.tolist()) == (np.float16, [2])
    assert link.g.shape == ()


def test_shapes_given_to_the_constructor_become_parameters():
    link = Link(a=3, b=(2, 3), c=((2,), np.float64))
    assert [(p.name, p.shape, p.dtype) for p in link.params()] == [
        ("a", (3,), np.float32),
        ("b", (2, 3), np.float32),
        ("c", (2,), np.float64),
    ]


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda x: x.add_param("W", 1), LinkError, r"add_param: this Affine has an attribute 'W' already"),
        (lambda x: x.add_param("count", 1), LinkError, r"has an attribute 'count' already"),
        (lambda x: x.add_param("a/b", 1), LinkError, r"a name has no slash and is not empty, got 'a/b'"),
        (lambda x: x.add_param(3, 1), ArgumentTypeError, r"add_param: expected a name as a str, got 3"),
        (lambda x: x.add_param("n", 2, "f8", np.ones(3)), ShapeError, r"shape \(3,\), expected \(2,\)"),
        (lambda x: x.add_persistent("W", 1), LinkError, r"add_persistent: .* attribute 'W' already"),
        (lambda x: x.register_persistent("no"), LinkError, r"this Affine has no attribute 'no'"),
        (lambda x: x.copy("deep"), ArgumentError, r"mode must be 'share', 'copy' or 'init', got 'deep'"),
        (lambda x: x.repeat(2, "deep"), ArgumentError, r"mode must be"),
        (lambda x: x.repeat(-1), ArgumentError, r"n_repeat must not be negative, got -1"),
        (lambda x: x.add_hook(3), ArgumentTypeError, r"expected a LinkHook, got int"),
        (lambda x: x.delete_hook("h"), LinkError, r"there is no hook named 'h' \(hooks: none\)"),
        (lambda x: x.to_chx(), NotAvailableError, r"ChainerX"),
        (lambda x: x.to_intel64(), NotAvailableError, r"iDeep"),
        (lambda x: x.from_params(), NotAvailableError, r"Affine cannot be made from parameters"),
        (lambda x: x.copyparams(Link()), LinkError, r"copyparams: the given Link has no parameter /W"),
        (lambda x: x.copyparams(Affine(3)), ShapeError, r"/W has shape \(2,\) here and \(3,\) there"),
        (lambda x: x.addgrads(Link(W=2)), LinkError, r"addgrads: the given Link has no parameter /b"),
    ],
)
def test_misuse_is_an_error_that_changes_nothing(call, kind, message):
    link = Affine()
    before = {k: copy.deepcopy(v) for k, v in vars(link).items()}
    with pytest.raises(kind, match=message):
        call(link)
    assert vars(link).keys() - {"_local_link_hooks"} == before.keys()
    assert (link._params, link._persistent) == (before["_params"], before["_persistent"])


# --- looking through ---


def test_parameters_come_by_name():
    link = Link(b=1, a=1, C=1)
    assert [path for path, _ in link.namedparams()] == ["/C", "/a", "/b"]
    assert [param.name for param in link.params()] == ["C", "a", "b"]


def test_parameters_without_shape_can_be_left_out():
    assert [path for path, _ in Affine().namedparams(include_uninit=False)] == ["/W"]


def test_a_link_is_the_only_one_among_its_links():
    link = Link()
    assert list(link.links()) == [link]
    assert list(link.namedlinks()) == [("/", link)]
    assert list(link.links(skipself=True)) == list(link.namedlinks(skipself=True)) == list(link.children()) == []


def test_parameters_are_counted():
    assert Link(a=(2, 3), b=4).count_params() == 10
    with pytest.warns(UserWarning, match="not counted: /b"):
        assert Affine().count_params() == 2


def test_the_text_shows_the_printable_specs():
    assert repr(Affine(3)) == str(Affine(3)) == "Affine(size=3)"
    assert repr(Link()) == "Link()"


# --- gradients and updates ---


def test_gradients_are_cleared_and_zeroed():
    link = Affine()
    link.W.grad = np.ones(2, np.float32)
    link.cleargrads()
    assert link.W.grad is None
    link.zerograds()
    assert link.W.grad.tolist() == [0, 0]


def test_zeros_wait_for_the_shape():
    link = Affine()
    link.zerograds()
    link.b.initialize((3,))
    assert link.b.grad.tolist() == [0, 0, 0]
    other = Affine()
    other.zerograds()
    other.cleargrads()
    other.b.initialize((3,))
    assert other.b.grad is None


def test_gradients_of_another_link_are_added():
    a, b = Link(W=2, v=1), Link(W=2, v=1)
    a.cleargrads(), b.cleargrads()
    b.W.grad = np.array([1, 2], np.float32)
    for _ in range(2):
        a.addgrads(b)
    assert a.W.grad.tolist() == [2, 4]
    assert a.v.grad is None
    assert b.W.grad.tolist() == [1, 2]


def test_updates_are_switched_on_and_off():
    link = Affine()
    assert not link.update_enabled
    link.enable_update()
    link.W.update_rule = Rule()
    assert link.update_enabled
    link.disable_update()
    assert not link.update_enabled
    assert not link.W.update_rule.enabled
    link.enable_update()
    assert link.update_enabled


# --- copies ---


def test_a_shared_copy_has_parameters_of_its_own_on_the_same_arrays():
    link = Affine()
    link.name = "old"
    new = link.copy()
    assert new.W is not link.W
    assert new.W.array is link.W.array
    assert new.mean is link.mean
    assert (new.name, new.W.name) == (None, "W")
    new.add_param("extra", 1)
    del new.b
    assert [path for path, _ in link.namedparams()] == ["/W", "/b"]
    new.W.grad = np.ones(2, np.float32)
    new.cleargrads()
    assert link.W.array.tolist() == [3, 3]


def test_a_deep_copy_shares_nothing():
    link = Affine()
    link.W.array[...] = 7
    new = link.copy("copy")
    assert new.W.array.tolist() == [7, 7]
    assert not np.shares_memory(new.W.array, link.W.array)
    assert not np.shares_memory(new.mean, link.mean)
    assert new.b.array is None


def test_a_copy_by_init_is_initialized_anew():
    link = Affine()
    link.add_param("given", initializer=np.ones(2, np.float32))
    link.W.array[...] = 7
    link.given.array[...] = 7
    link.W.grad = np.ones(2, np.float32)
    new = link.copy("init")
    assert new.W.array.tolist() == [3, 3]
    assert new.W.grad is None
    assert new.given.array.tolist() == [7, 7]  # without an initializer there is nothing to draw
    assert link.W.array.tolist() == [7, 7]
    assert new.b.array is None


def test_repeating_makes_a_sequential_of_copies():
    link = Affine()
    repeated = link.repeat(3)
    assert type(repeated) is Sequential
    assert len(repeated) == 3
    assert len({id(param) for param in [*link.params(), *repeated.params()]}) == 8
    assert repeated(1) == 1
    assert [c.W.array is link.W.array for c in link.repeat(2, mode="share")] == [True, True]
    assert len(link.repeat(0)) == 0


def test_links_can_be_copied_and_pickled(board):
    link = Affine()
    link.W.array[...] = 7
    for new in (copy.copy(link), copy.deepcopy(link), pickle.loads(pickle.dumps(Link(W=2)))):
        assert next(path for path, _ in new.namedparams()) == "/W"
    moved = Link(W=2).to_device("@board")
    for new in (copy.deepcopy(moved), moved.copy("copy"), pickle.loads(pickle.dumps(moved))):
        assert new.device is board
        assert type(new.W.array).__name__ == "BoardArray"


# --- copying values ---


def test_values_are_copied_in_place():
    source, target = Affine(), Affine()
    source.W.array[...], source.mean[...], source.count = 7, 8, 9
    array, mean = target.W.array, target.mean
    target.copyparams(source)
    assert target.W.array is array
    assert target.mean is mean
    assert (array.tolist(), mean.tolist(), target.count) == ([7, 7], [8, 8], 9)


def test_persistent_values_can_be_left_alone():
    source, target = Affine(), Affine()
    source.W.array[...], source.count = 7, 9
    target.copyparams(source, copy_persistent=False)
    assert (target.W.array.tolist(), target.count) == ([7, 7], 0)


def test_a_parameter_without_shape_takes_that_of_the_source_and_keeps_its_own_without_one():
    source, target = Affine(), Affine()
    source.b.initialize((3,))
    target.copyparams(source)
    assert target.b.array.tolist() == [5, 5, 5]
    target.b.array[...] = 6
    target.copyparams(Affine())
    assert target.b.array.tolist() == [6, 6, 6]


def test_values_are_copied_across_devices(board):
    source = Affine()
    source.W.array[...], source.mean[...] = 7, 8
    target = Affine().to_device("@board")
    target.copyparams(source)
    assert type(target.W.array).__name__ == type(target.mean).__name__ == "BoardArray"
    assert (target.W.array.tolist(), target.mean.tolist()) == ([7, 7], [8, 8])


# --- saving and loading ---


class Log:
    """A serializer that writes down what it is asked for and gives back what it is told to."""

    def __init__(self, answers=None):
        self.asked, self.answers = [], answers or {}

    def __call__(self, key, value):
        self.asked.append((key, value))
        return self.answers.get(key, value)


def test_parameters_and_then_persistent_values_are_saved_under_their_names():
    link, log = Affine(), Log()
    link.serialize(log)
    assert [key for key, _ in log.asked] == ["W", "b", "count", "mean"]
    assert log.asked[0][1] is link.W.array
    assert log.asked[1][1] is None


def test_what_a_serializer_returns_is_kept():
    link = Affine()
    array = link.W.array
    link.serialize(Log({"W": np.array([1, 2], np.float32), "b": np.array([4.0, 5]), "count": 9}))
    assert link.W.array is array
    assert array.tolist() == [1, 2]
    assert link.b.array.tolist() == [4, 5]
    assert link.b.dtype == np.float32
    assert link.count == 9


def test_loading_a_parameter_without_shape_draws_no_numbers_and_keeps_the_initializer():
    drawn = []
    link = Link()
    link.add_param("W", initializer=drawn.append)
    link.zerograds()
    initializer = link.W.initializer
    link.serialize(Log({"W": np.ones((2, 2), np.float32)}))
    assert drawn == []
    assert link.W.initializer is initializer
    assert link.W.array.tolist() == [[1, 1], [1, 1]]
    assert link.W.grad.tolist() == [[0, 0], [0, 0]]


def test_nothing_stored_for_a_parameter_leaves_it_as_it_is():
    link = Affine()
    link.serialize(Log({"W": None}))
    assert link.W.array.tolist() == [3, 3]


# --- devices ---


def test_a_link_moves_with_parameters_and_persistent_arrays(board):
    link = Affine()
    link.W.grad = np.ones(2, np.float32)
    assert link.device.name == "@numpy"
    assert link.to_device("@board") is link
    assert link.device is board
    assert link.xp is board.xp
    assert {type(x).__name__ for x in (link.W.array, link.W.grad, link.mean)} == {"BoardArray"}
    assert link.count == 0
    link.b.initialize((2,))
    assert type(link.b.array).__name__ == "BoardArray"
    link.to_cpu()
    assert {type(x) for x in (link.W.array, link.W.grad, link.mean, link.b.array)} == {np.ndarray}


def test_what_is_registered_later_goes_to_the_device_of_the_link(board):
    link = Link().to_device("@board")
    link.add_param("W", (2,), initializer=1)
    assert type(link.W.array).__name__ == "BoardArray"


def test_a_link_begins_on_the_current_device(board):
    with catenary.using_device("@board"):
        link = Affine()
    assert link.device is board


def test_a_missing_device_is_an_error_that_changes_nothing():
    link = Affine()
    with pytest.raises(catenary.errors.DeviceNotFoundError):
        link.to_device("@nowhere")
    assert link.device.name == "@numpy"


def test_parameters_of_links_train():
    link = Link()
    link.add_param("W", (2,), initializer=3)
    y = Variable(np.array([1, 2], np.float32)) * link.W
    y.grad = np.ones(2, np.float32)
    y.backward()
    assert link.W.grad.tolist() == [1, 2]
