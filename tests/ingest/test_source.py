"""Where a visit came from."""

from __future__ import annotations

import pytest

from tests.ingest.test_device import ANDROID, IPHONE
from tests.ingest.tracker import stored

_REFERRERS = [
    ("", "Direct", "direct"),
    ("https://www.google.com/", "Google", "search"),
    ("https://www.google.co.kr/search?q=x", "Google", "search"),
    ("https://search.naver.com/search.naver?query=x", "Naver", "search"),
    ("https://m.search.daum.net/search?q=x", "Daum", "search"),
    ("https://m.naver.com/", "Naver", "search"),
    ("https://m.blog.naver.com/x", "Naver Blog", "social"),
    ("https://cafe.naver.com/x", "Naver Cafe", "social"),
    ("https://search.shopping.naver.com/x", "Naver Shopping", "shopping"),
    ("https://mail.naver.com/", "Naver Mail", "email"),
    ("https://story.kakao.com/x", "KakaoStory", "social"),
    ("https://pf.kakao.com/_x", "KakaoTalk", "messenger"),
    ("https://www.band.us/band/1", "Band", "social"),
    ("https://ann.tistory.com/1", "Tistory", "social"),
    ("https://www.coupang.com/vp/products/1", "Coupang", "shopping"),
    ("https://www.amazon.fr/", "Amazon", "shopping"),
    ("https://mail.google.com/", "Gmail", "email"),
    ("https://mail.company.example/", "mail.company.example", "email"),
    ("https://docs.google.com/document/x", "Google Docs", "referral"),
    ("https://googleads.g.doubleclick.net/x", "Google", "paid"),
    ("https://chatgpt.com/", "ChatGPT", "ai"),
    ("https://gemini.google.com/app", "Gemini", "ai"),
    ("https://www.perplexity.ai/search/x", "Perplexity", "ai"),
    ("https://claude.ai/chat/x", "Claude", "ai"),
    ("https://copilot.microsoft.com/", "Copilot", "ai"),
    ("https://web.whatsapp.com/", "WhatsApp", "messenger"),
    ("https://t.me/x", "Telegram", "messenger"),
    ("https://go.bsky.app/redirect", "Bluesky", "social"),
    ("https://search.brave.com/search", "Brave Search", "search"),
    ("android-app://com.google.android.gm/", "Gmail", "email"),
    ("android-app://com.kakao.talk/", "KakaoTalk", "messenger"),
    ("android-app://com.google.android.googlequicksearchbox/https/www.google.com", "Google", "search"),
    ("android-app://com.somebody.app/", "com.somebody.app", "referral"),
    ("https://www.bing.com/", "Bing", "search"),
    ("https://t.co/abc", "X", "social"),
    ("https://l.instagram.com/?u=x", "Instagram", "social"),
    ("https://www.youtube.com/watch?v=x", "YouTube", "video"),
    ("https://blog.example/post", "blog.example", "referral"),
    ("https://notnaver.com/", "notnaver.com", "referral"),
    ("https://naver.com.evil.example/", "naver.com.evil.example", "referral"),
    ("https://google.com.evil.example/", "google.com.evil.example", "referral"),
    ("https://notx.com/", "notx.com", "referral"),
    ("https://shop.example/cart", "Direct", "internal"),  # the site itself is no source
    ("https://www.shop.example/cart", "Direct", "internal"),
    ("not an address", "Direct", "direct"),
    ("https://[broken/", "Direct", "direct"),
    ("about:blank", "Direct", "direct"),
]
_TAGS = [
    ("utm_source=naver&utm_medium=cpc", "Naver", "paid"),
    ("utm_source=Google", "Google", "search"),
    ("utm_source=newsletter&utm_medium=email", "newsletter", "email"),
    ("utm_source=partner", "partner", "campaign"),
    ("utm_medium=CPC", "Direct", "paid"),
    ("utm_source=%EB%89%B4%EC%8A%A4", "뉴스", "campaign"),
    ("utm_source=", "Direct", "direct"),
    ("utm_source=ig&utm_medium=paid_social", "Instagram", "paid"),
    ("utm_source=facebook&utm_medium=social", "Facebook", "social"),
    ("utm_source=kakao&utm_medium=alimtalk", "Kakao", "messenger"),
    ("utm_source=chatgpt.com", "ChatGPT", "ai"),
    ("utm_source=m.blog.naver.com", "Naver Blog", "social"),
    ("utm_source=partner&utm_medium=affiliate", "partner", "referral"),
    ("utm_source=facebook&utm_medium=referral", "Facebook", "social"),
    ("utm_source=partner&utm_medium=push", "partner", "campaign"),
    ("utm_campaign=spring", "Direct", "campaign"),
    ("gclid=1", "Google", "paid"),
    ("gclid=", "Direct", "direct"),
    ("xgclid=1", "Direct", "direct"),
    ("a=b&msclkid=1", "Bing", "paid"),
    ("n_media=27758&n_query=x", "Naver", "paid"),
    ("NaPm=ct%3Dx", "Naver", "paid"),
    ("fbclid=1", "Facebook", "social"),
    ("fbclid=1&gclid=2", "Google", "paid"),
    ("utm_source=google&gclid=1", "Google", "paid"),
    ("utm_source=newsletter&utm_medium=email&gclid=1", "newsletter", "email"),
]
REFERRERS = [referrer for referrer, *_ in _REFERRERS]
TAGS = [tags for tags, *_ in _TAGS]


@pytest.mark.parametrize(
    ("referrer", "source", "channel"),
    _REFERRERS,
)
def test_a_referrer_is_a_source_with_a_name(referrer: str, source: str, channel: str) -> None:
    context = stored(referrer=referrer).context
    assert (context.source, context.channel) == (source, channel)


@pytest.mark.parametrize(
    ("tags", "source", "channel"),
    _TAGS,
)
def test_campaign_tags_go_before_the_referrer(tags: str, source: str, channel: str) -> None:
    context = stored(page_url=f"https://shop.example/?{tags}").context
    assert (context.source, context.channel) == (source, channel)


def test_a_campaign_goes_before_the_page_that_linked() -> None:
    context = stored(page_url="https://shop.example/?utm_source=kakao", referrer="https://www.google.com/").context
    assert (context.source, context.channel, context.referrer) == ("Kakao", "messenger", "google.com")


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


def test_the_referrer_of_a_click_goes_before_a_parameter_that_every_link_has() -> None:
    context = stored(page_url="https://shop.example/?fbclid=1", referrer="https://l.instagram.com/").context
    assert context.source == "Instagram"


@pytest.mark.parametrize(
    ("user_agent", "source", "channel"),
    [
        (f"{ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36;KAKAOTALK 2410410", "KakaoTalk", "messenger"),
        (f"{IPHONE} Mobile/15E148 NAVER(inapp; search; 2010; 12.14.1; 16PRO)", "Naver", "search"),
        (f"{IPHONE} Mobile/15E148 Instagram 361.0.0.35.82 (iPhone17,1; iOS 18_5)", "Instagram", "social"),
        (f"{IPHONE} Mobile/15E148 Safari Line/15.4.0", "Line", "messenger"),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Direct", "direct"),
    ],
)
def test_a_page_that_an_app_opened_comes_from_that_app(user_agent: str, source: str, channel: str) -> None:
    context = stored(user_agent=user_agent).context
    assert (context.source, context.channel) == (source, channel)


def test_only_what_arrives_in_an_app_comes_from_it() -> None:
    kakao = f"{IPHONE} Mobile/15E148 KAKAOTALK/25.4.1 (INAPP)"
    assert stored(user_agent=kakao, event_type="click").context.source == "Direct"
    assert stored(user_agent=kakao, referrer="https://shop.example/").context.channel == "internal"
    assert stored(user_agent=kakao, referrer="https://www.google.com/").context.source == "Google"
    assert stored(user_agent=kakao, page_url="https://shop.example/?utm_source=naver").context.source == "Naver"


def test_a_source_s_name_costs_no_more_than_its_length() -> None:
    """These have no deadline: what takes the square of its length does not end."""
    for text in ("mail." * 180_000, "a." * 450_000, "-" * 900_000, "google." * 120_000):
        assert stored(referrer=f"https://{text}/").context.source
        assert stored(page_url=f"https://shop.example/?utm_source={text[:1900]}&utm_medium={text[:50]}").context.source
