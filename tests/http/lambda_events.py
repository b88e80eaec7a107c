"""HTTP requests as the events that AWS makes of them, and answers as it reads them. After its documentation."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


def function_url(request: httpx.Request, address: str) -> dict[str, Any]:
    """Of a function URL, with payload version 2.0: one value a header, cookies apart."""
    headers = _joined(request)
    cookies = headers.pop("cookie", "")
    host, path = request.url.host, request.url.raw_path.decode().partition("?")[0]
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.url.query.decode(),
        "headers": {**headers, "x-forwarded-proto": request.url.scheme, "x-forwarded-port": "443"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abcdefghij",
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": address,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": "00000000-0000-4000-8000-000000000000",
            "routeKey": "$default",
            "stage": "$default",
            "time": "21/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_262_400_000,
        },
        **_body(request),
    }
    return event | ({"cookies": cookies.split("; ")} if cookies else {})


def http_api(request: httpx.Request, address: str) -> dict[str, Any]:
    """Of API Gateway's HTTP API, which uses payload version 2.0, too, but decodes the path."""
    event = function_url(request, address)
    context = event["requestContext"]
    context["http"]["path"] = request.url.path
    return {**event, "rawPath": request.url.path, "requestContext": {**context, "accountId": "123456789012"}}


def rest_api(request: httpx.Request, address: str) -> dict[str, Any]:
    """Of API Gateway with payload version 1.0: what may have several values stands there twice."""
    return {
        "version": "1.0",
        "resource": "/{proxy+}",
        "path": request.url.path,
        "httpMethod": request.method,
        "headers": _joined(request),
        "multiValueHeaders": {name: request.headers.get_list(name) for name in request.headers},
        "queryStringParameters": dict(request.url.params) or None,
        "multiValueQueryStringParameters": _values(request) or None,
        "requestContext": {"stage": "$default", "identity": {"sourceIp": address}, "requestId": "id"},
        "pathParameters": None,
        "stageVariables": None,
        **_body(request),
    }


def load_balancer(request: httpx.Request, address: str) -> dict[str, Any]:
    """Of an Application Load Balancer, which leaves path and query as they came and appends the address."""
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/live/1"}},
        "httpMethod": request.method,
        "path": request.url.raw_path.decode().partition("?")[0],
        "queryStringParameters": dict(_raw_pairs(request)),
        "headers": {**_joined(request), "x-forwarded-for": address, "x-forwarded-proto": "https"},
        "body": "",
        "isBase64Encoded": False,
        **_body(request),
    }


def read_answer(answer: dict[str, Any]) -> httpx.Response:
    """The HTTP answer that AWS makes of what a function returned."""
    content = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
    headers = [*(answer.get("headers") or {}).items()]
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers += [(name, value) for value in values if (name, value) not in headers]
    headers += [("set-cookie", cookie) for cookie in answer.get("cookies") or ()]
    return httpx.Response(answer["statusCode"], headers=headers, content=content)


def _joined(request: httpx.Request) -> dict[str, str]:
    return {name.lower(): request.headers[name] for name in request.headers}


def _values(request: httpx.Request) -> dict[str, list[str]]:
    return {name: request.url.params.get_list(name) for name in request.url.params}


def _raw_pairs(request: httpx.Request) -> Iterator[tuple[str, str]]:
    for pair in filter(None, request.url.query.decode().split("&")):
        name, _, value = pair.partition("=")
        yield name, value


def _body(request: httpx.Request) -> dict[str, Any]:
    """Text as text, all else as base64."""
    if not request.content:
        return {"isBase64Encoded": False}
    if request.headers.get("content-type", "").startswith(_TEXT) and "content-encoding" not in request.headers:
        try:
            return {"body": request.content.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(request.content).decode(), "isBase64Encoded": True}
