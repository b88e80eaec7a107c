"""Where a visit came from."""

from __future__ import annotations

import pytest

from tests.ingest.tracker import stored


@pytest.mark.parametrize(
    ("referrer", "source", "channel"),
    [
        ("", "Direct", "direct"),
        ("https://www.google.com/", "Google", "search"),
        ("https://www.google.co.kr/search?q=x", "Google", "search"),
        ("https://search.naver.com/search.naver?query=x", "Naver", "search"),
        ("https://m.search.daum.net/search?q=x", "Daum", "search"),
        ("https://story.kakao.com/x", "Kakao", "social"),
        ("https://www.bing.com/", "Bing", "search"),
        ("https://t.co/abc", "X", "social"),
        ("https://l.instagram.com/?u=x", "Instagram", "social"),
        ("https://www.youtube.com/watch?v=x", "YouTube", "video"),
        ("https://blog.example/post", "blog.example", "referral"),
        ("https://notnaver.com/", "notnaver.com", "referral"),
        ("https://naver.com.evil.example/", "naver.com.evil.example", "referral"),
        ("https://notx.com/", "notx.com", "referral"),
        ("https://shop.example/cart", "Direct", "direct"),  # the site itself is no source
        ("https://www.shop.example/cart", "Direct", "direct"),
        ("not an address", "Direct", "direct"),
        ("https://[broken/", "Direct", "direct"),
        ("about:blank", "Direct", "direct"),
    ],
)
def test_a_referrer_is_a_source_with_a_name(referrer: str, source: str, channel: str) -> None:
    context = stored(referrer=referrer).context
    assert (context.source, context.channel) == (source, channel)


@pytest.mark.parametrize(
    ("tags", "source", "channel"),
    [
        ("utm_source=naver&utm_medium=cpc", "Naver", "paid"),
        ("utm_source=Google", "Google", "search"),
        ("utm_source=newsletter&utm_medium=email", "newsletter", "email"),
        ("utm_source=partner", "partner", "campaign"),
        ("utm_medium=CPC", "Direct", "paid"),
        ("utm_source=%EB%89%B4%EC%8A%A4", "뉴스", "campaign"),
        ("utm_source=", "Direct", "direct"),
        ("gclid=1", "Direct", "direct"),
    ],
)
def test_campaign_tags_go_before_the_referrer(tags: str, source: str, channel: str) -> None:
    context = stored(page_url=f"https://shop.example/?{tags}").context
    assert (context.source, context.channel) == (source, channel)


def test_a_campaign_goes_before_the_page_that_linked() -> None:
    context = stored(page_url="https://shop.example/?utm_source=kakao", referrer="https://www.google.com/").context
    assert (context.source, context.channel, context.referrer) == ("Kakao", "social", "google.com")


def test_all_five_tags_are_kept_decoded_and_cut() -> None:
    tags = "utm_source=a+b&utm_medium=%EB%B4%84&utm_campaign=%FF%00&utm_term=t&utm_content=" + "c" * 300
    context = stored(page_url=f"https://shop.example/?{tags}").context
    assert context.utm_source == "a b"
    assert context.utm_medium == "봄"
    assert context.utm_campaign == "\ufffd"
    assert (context.utm_term, context.utm_content) == ("t", "c" * 200)


def test_a_referrer_is_kept_as_host_and_path_without_its_query() -> None:
    """What somebody searched for on another site is not ours."""
    event = stored(referrer="https://user:pw@www.blog.example:8080/post/?email=ann@mail.example#x")
    assert event.context.referrer == "blog.example/post"
    assert "ann@mail.example" not in repr(event)
    assert "pw" not in repr(event)
