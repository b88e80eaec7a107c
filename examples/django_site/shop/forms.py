"""The forms."""

from __future__ import annotations

from django import forms


class AddressForm(forms.Form):
    """Where to send what was bought."""

    name = forms.CharField(max_length=100)
    street = forms.CharField(max_length=200)


class MessageForm(forms.Form):
    """What a visitor has to say."""

    message = forms.CharField(widget=forms.Textarea, max_length=2000)
