"""Addresses of the holdings, under /records/. None carries a title or a code."""

from django.urls import path

from vault.holdings.views import (
    arrangement,
    cards,
    content,
    correction,
    filing,
    history,
    lists,
    people,
    quarantine,
    record,
    saved,
    together,
)

app_name = "holdings"

_COMPONENT = "<uuid:record_id>/components/<uuid:component_id>/"
_VERSION = _COMPONENT + "versions/<int:version>/"

urlpatterns = [
    path("", lists.record_list, name="list"),
    path("quarantine/", quarantine.entries, name="quarantine"),
    path("quarantine/<uuid:file_id>/close/", quarantine.close, name="close_quarantine"),
    path("file/", filing.file_page, name="file"),
    path("card/", cards.card_page, name="card"),
    path("grants/", people.grants_due, name="grants_due"),
    path("views/", saved.saved_views, name="views"),
    path("views/<uuid:view_id>/rename/", saved.rename_view, name="rename_view"),
    path("views/<uuid:view_id>/delete/", saved.drop_view, name="drop_view"),
    path("grant/", together.grant_many, name="grant_many"),
    path("move/", together.move_many, name="move_many"),
    path("register/", record.register_many, name="register_many"),
    path("arrangement/", arrangement.arrangement_page, name="arrangement"),
    path("arrangement/fonds/", arrangement.add_fonds, name="add_fonds"),
    path("arrangement/series/", arrangement.add_series, name="add_series"),
    path("archive-files/", arrangement.archive_files, name="archive_files"),
    path("archive-files/new/", arrangement.new_archive_file, name="new_archive_file"),
    path("archive-files/<uuid:file_id>/", arrangement.archive_file, name="archive_file"),
    path("intake/", filing.open_intake, name="intake"),
    path("intake/<uuid:session_id>/register/", filing.register_intake, name="register_intake"),
    path("intake/<uuid:session_id>/<int:position>/", filing.receive, name="receive"),
    path("<uuid:record_id>/", record.record_page, name="record"),
    path("<uuid:record_id>/edit/", record.edit, name="edit"),
    path("<uuid:record_id>/register/", record.register, name="register"),
    path("<uuid:record_id>/label/", record.propose_label, name="propose_label"),
    path("<uuid:record_id>/label/decision/", record.decide_label, name="decide_label"),
    path("<uuid:record_id>/knowers/", people.knowers, name="knowers"),
    path("<uuid:record_id>/knowers/<uuid:entry_id>/strike/", people.strike, name="strike"),
    path("<uuid:record_id>/history/", history.history, name="history"),
    path("<uuid:record_id>/grants/", people.grants, name="grants"),
    path("<uuid:record_id>/grants/<int:grant_id>/keep/", people.keep_grant, name="keep_grant"),
    path("<uuid:record_id>/grants/<int:grant_id>/end/", people.end_grant, name="end_grant"),
    path(_COMPONENT + "view/", content.viewer, name="viewer"),
    path(_COMPONENT + "pages/<int:number>.png", content.page_image, name="page"),
    path(_COMPONENT + "thumbnail.png", content.thumbnail, name="thumbnail"),
    path(_COMPONENT + "listen/", content.player, name="player"),
    path(_COMPONENT + "audio", content.audio, name="audio"),
    path(_COMPONENT + "waveform.svg", content.waveform, name="waveform"),
    path(_COMPONENT + "original", content.original, name="original"),
    # One version, by its number; the same views.
    path(_VERSION + "view/", content.viewer, name="version_viewer"),
    path(_VERSION + "pages/<int:number>.png", content.page_image, name="version_page"),
    path(_VERSION + "listen/", content.player, name="version_player"),
    path(_VERSION + "audio", content.audio, name="version_audio"),
    path(_VERSION + "waveform.svg", content.waveform, name="version_waveform"),
    path(_VERSION + "original", content.original, name="version_original"),
    path(_COMPONENT + "correct/", correction.correct, name="correct"),
    path(_COMPONENT + "correction/", correction.open_correction, name="correction"),
    path(
        _COMPONENT + "correction/<uuid:session_id>/",
        correction.finish_correction,
        name="finish_correction",
    ),
]
