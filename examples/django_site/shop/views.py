"""The views. Three of them tell LiveInsight what happened, in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from liveinsight.django import track
from shop.forms import AddressForm, MessageForm
from shop.products import PRODUCTS, Product

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {"products": PRODUCTS.values()})


def product(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "product.html", {"product": _product(slug)})


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    found = _product(slug)
    request.session["cart"] = [*request.session.get("cart", []), slug]
    track(request, "add_to_cart", product=slug, price=found.price)
    return redirect("cart")


def cart(request: HttpRequest) -> HttpResponse:
    return render(request, "cart.html", {"products": _in_cart(request), "total": _total(request)})


def checkout(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _in_cart(request):
        total = _total(request)
        track(request, "conversion", conversion_type="purchase", value=float(total), currency="EUR")
        request.session["cart"] = []
        return redirect("thanks")
    return render(request, "checkout.html", {"form": form, "total": _total(request)})


def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "thanks.html")


def contact(request: HttpRequest) -> HttpResponse:
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        track(request, "message_sent", length=len(form.cleaned_data["message"]))
        messages.success(request, "Thank you for your message.")
        return redirect("contact")
    return render(request, "contact.html", {"form": form})


def _product(slug: str) -> Product:
    try:
        return PRODUCTS[slug]
    except KeyError:
        raise Http404 from None


def _in_cart(request: HttpRequest) -> list[Product]:
    return [PRODUCTS[slug] for slug in request.session.get("cart", []) if slug in PRODUCTS]


def _total(request: HttpRequest) -> int:
    return sum(each.price for each in _in_cart(request))
