"""What newer lines of the mirror have overtaken: never anything that is seen in the end."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cordee_kiosk.adapters.chromium.mirror_newest import newest

Line = dict[str, Any]
NODES = st.integers(1, 6)
NAMES = st.sampled_from(["class", "title", "style"])


def text_of(lines: list[Line]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


def shortened(lines: list[Line]) -> list[Line]:
    return [json.loads(line) for line in newest(text_of(lines)).split("\n") if line]


def mutation(**changes: list[Line]) -> Line:
    told: dict[str, list[Line]] = {"texts": [], "attributes": [], "removes": [], "adds": []}
    return {"t": "mutation", "d": {**told, **changes}}


def attribute(node: int, **values: object) -> Line:
    return mutation(attributes=[{"id": node, "attributes": values}])


def node(number: int, *children: Line) -> Line:
    return {"id": number, "type": 3, "childNodes": list(children)}


def add(number: int, parent: int = 100, after: int | None = None) -> Line:
    return mutation(adds=[{"parentId": parent, "nextId": after, "node": node(number)}])


def remove(number: int) -> Line:
    return mutation(removes=[{"parentId": 100, "id": number}])


def test_last_value_of_each_attribute_is_left() -> None:
    lines = [attribute(1, title=str(count), lang="fr") for count in range(60)]
    assert shortened(lines) == [lines[-1]]
    assert shortened([attribute(1, title="a"), attribute(2, title="b")]) == [
        attribute(1, title="a"),
        attribute(2, title="b"),
    ]


def test_single_properties_of_a_style_stay_until_a_whole_one_comes() -> None:
    red, wide = attribute(1, style={"color": "red"}), attribute(1, style={"width": "1px"})
    assert shortened([red, wide]) == [red, wide]
    assert shortened([red, attribute(1, style={"color": "blue"})]) == [
        attribute(1, style={"color": "blue"})
    ]
    assert shortened([red, wide, attribute(1, style="")]) == [attribute(1, style="")]


def test_text_written_anew_each_time_leaves_the_last() -> None:
    lines = [add(1)]
    lines += [
        mutation(
            removes=[{"parentId": 100, "id": number}],
            adds=[{"parentId": 100, "nextId": None, "node": node(number + 1)}],
        )
        for number in range(1, 60)
    ]
    assert shortened([remove(200), *lines]) == [remove(200), add(60)]
    assert shortened([remove(1), add(1), remove(1)]) == [remove(1), add(1), remove(1)]


def test_node_that_another_stands_beside_stays() -> None:
    lines = [add(1), add(2, after=1), remove(1)]
    assert shortened(lines) == lines
    inside = [add(1), add(2, parent=1), remove(1)]
    assert shortened(inside) == inside


def test_across_an_answer_no_value_is_left_out() -> None:
    lines: list[Line] = [{"t": "input", "id": 1, "text": "a"}, {"t": "done", "id": 7}]
    lines += [{"t": "input", "id": 1, "text": "ab"}, {"t": "done", "id": 8}]
    assert shortened(lines) == lines
    typed = [{"t": "input", "id": 1, "text": "a" * length} for length in range(5)]
    assert shortened(typed) == typed[-1:]


def test_what_is_not_understood_stays_as_it_is() -> None:
    odd = 'no json\n[1]\n{"t":"mutation"}\n{"t":"mutation","d":{"adds":[{"node":7}],"texts":3}}\n'
    odd += '{"t":"scroll","id":[]}\n{"t":"new","id":1}\n{"t":"new","id":1}\n'
    assert newest(odd) == odd


def test_one_line_is_not_even_looked_at() -> None:
    assert newest('{"t" : "input"}\n') == '{"t" : "input"}\n'


class Page:
    """As much of a replay as the lines speak of."""

    def __init__(self) -> None:
        self.children: dict[int, list[int]] = {100: [5, 6]}
        self.said: dict[object, object] = {}

    def apply(self, line: Line) -> None:
        if line["t"] != "mutation":
            self.said[line["t"], line["id"]] = line["text"]
            return
        told = line["d"]
        for each in told["removes"]:
            for children in self.children.values():
                if each["id"] in children:
                    children.remove(each["id"])
        for each in told["adds"]:
            beside = self.children.setdefault(each["parentId"], [])
            at = beside.index(each["nextId"]) if each["nextId"] in beside else len(beside)
            beside.insert(at, each["node"]["id"])
        for each in told["texts"]:
            self.said["text", each["id"]] = each["value"]
        for each in told["attributes"]:
            for name, value in each["attributes"].items():
                self._set(each["id"], name, value)

    def _set(self, number: int, name: str, value: object) -> None:
        if isinstance(value, dict):
            self.said.update({(number, name, key): set_to for key, set_to in value.items()})
            return
        for key in ("color", "width"):
            self.said.pop((number, name, key), None)
        self.said[number, name] = value

    def shown(self) -> object:
        """What is seen: the tree from its root, and what is said of the nodes in it."""

        def tree(number: int) -> object:
            return number, [tree(each) for each in self.children.get(number, [])]

        return tree(100), {key: value for key, value in self.said.items() if value is not None}


styles = st.dictionaries(st.sampled_from(["color", "width"]), st.sampled_from("abc"), min_size=1)
values = st.one_of(st.sampled_from(["x", "y"]), styles)
changes = st.one_of(
    st.builds(lambda at, name, value: attribute(at, **{name: value}), NODES, NAMES, values),
    st.builds(lambda at, value: mutation(texts=[{"id": at, "value": value}]), NODES, values),
    st.builds(lambda at, value: {"t": "input", "id": at, "text": value}, NODES, values),
)


@st.composite
def stories(draw: st.DrawFn) -> list[Line]:
    """Draw what a page may do: each node comes once, goes, and comes back elsewhere."""
    lines: list[Line] = []
    there = [5, 6]
    for _ in range(draw(st.integers(0, 25))):
        what = draw(st.sampled_from(["add", "remove", "change", "change"]))
        if what == "add" and (free := [each for each in range(1, 7) if each not in there]):
            number = draw(st.sampled_from(free))
            lines.append(add(number, after=draw(st.sampled_from([None, *there]))))
            there.append(number)
        elif what == "remove" and there:
            number = draw(st.sampled_from(there))
            there.remove(number)
            lines.append(remove(number))
        else:
            lines.append(draw(changes))
    return lines


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(stories())
def test_page_looks_the_same_in_the_end(lines: list[Line]) -> None:
    whole, short = Page(), Page()
    for line in lines:
        whole.apply(line)
    for line in shortened(lines):
        short.apply(line)
    assert short.shown() == whole.shown()


def test_a_sample_speaks_of_what_stood_before_it() -> None:
    lines = [attribute(1, title="a"), {"t": "sample", "nodes": []}, attribute(1, title="b")]
    assert shortened(lines) == lines


def test_signs_that_end_a_line_in_print_are_text() -> None:
    lines = [{"t": "full", "text": "a\u2028b\u0085c"}, {"t": "scroll", "id": 1, "top": 5}]
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines)
    assert newest(text) == text


def test_what_is_too_deep_to_be_read_passes_as_it_is() -> None:
    deep = '{"t":"mutation","d":' + "[" * 3000 + "]" * 3000 + "}\n"
    assert newest(f"{deep}{deep}") == deep * 2
