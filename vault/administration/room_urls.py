"""Addresses of the secure reading rooms, under /rooms/."""

from django.urls import path

from vault.administration.views import rooms

app_name = "rooms"
_ROOM = "<uuid:room_id>/"

urlpatterns = [
    path("", rooms.rooms, name="rooms"),
    path("new/", rooms.new_room, name="new_room"),
    path(_ROOM, rooms.room, name="room"),
    path(_ROOM + "change/", rooms.change, name="change_room"),
    path(_ROOM + "inspection/", rooms.inspect, name="inspect_room"),
    path(_ROOM + "terminal/", rooms.place, name="place_terminal"),
    path(_ROOM + "close/", rooms.close, name="close_room"),
    path(_ROOM + "reopen/", rooms.reopen, name="reopen_room"),
]
