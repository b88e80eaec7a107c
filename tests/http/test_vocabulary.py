"""GET /api/vocabulary: a dashboard can build its menus from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories import SITE
from tests.http.messages import problem

if TYPE_CHECKING:
    import httpx


KINDS = ("metrics", "dimensions", "operators", "periods", "comparisons", "definitions")


def test_only_readers_get_the_vocabulary(client: httpx.Client) -> None:
    problem(client.get("/api/vocabulary"), 401)


def test_every_word_has_a_name_and_a_meaning_in_both_languages(reader: httpx.Client) -> None:
    answer = reader.get("/api/vocabulary/")
    data = answer.json()["data"]
    words = [word for kind in KINDS for word in data[kind]]
    assert len(words) > 50
    for word in words:
        for text in (word["label"], word["definition"]):
            assert text["en"].isascii()
            assert any("가" <= letter <= "힣" for letter in text["ko"]) or text["ko"] in text["en"], word["name"]


def test_everything_in_it_can_be_asked(reader: httpx.Client) -> None:
    data = reader.get("/api/vocabulary").json()["data"]
    units = {each["name"]: each["unit"] for each in data["metrics"]}
    for dimension in data["dimensions"]:
        metrics = [name if name != "revenue" else "revenue:KRW" for name in units]
        asked: dict[str, Any] = {
            "site_id": SITE,
            "metrics": metrics,
            "dimensions": [dimension["name"]],
            "period": "24h",
        }
        assert reader.post("/api/query", json=asked).status_code == 200, dimension
        if dimension["scope"] != "time":
            filters = [
                {"dimension": dimension["name"], "operator": each["name"], "values": ["x"]}
                for each in data["operators"]
            ]
            assert reader.post("/api/query", json={**asked, "dimensions": [], "filters": filters}).status_code == 200
    own = {"metrics": ["visitors"], "dimensions": [data["property_prefix"] + "plan"]}
    assert reader.post("/api/query", json=own).status_code == 200


def test_every_period_and_comparison_in_it_can_be_asked(reader: httpx.Client) -> None:
    data = reader.get("/api/vocabulary").json()["data"]
    for period in data["periods"]:
        for comparison in data["comparisons"]:
            asked = {"metrics": ["visitors"], "period": period["name"], "compare": comparison["name"]}
            assert reader.post("/api/query", json=asked).status_code == 200, asked


def test_it_says_whether_a_number_should_rise_and_what_may_be_said_with_it(reader: httpx.Client) -> None:
    metrics = {each["name"]: each for each in reader.get("/api/vocabulary").json()["data"]["metrics"]}
    better = [metrics[name]["better"] for name in ("visitors", "bounce_rate", "exits")]
    assert better == ["higher", "lower", None]
    form = metrics["revenue"]["parametrised"]
    assert reader.post("/api/query", json={"metrics": [form.format(currency="KRW")]}).status_code == 200
    assert metrics["visitors"]["parametrised"] is None
