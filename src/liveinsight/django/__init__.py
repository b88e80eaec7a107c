"""LiveInsight inside a Django site: the app and, under a prefix, `liveinsight.django.urls`."""
