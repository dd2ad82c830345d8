"""Tags of the shell: badges, fields, dates and names as people read them."""

import datetime

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

from vault.notices.templatetags import jingui


def render(source: str, **context: object) -> str:
    return Template("{% load jingui %}" + source).render(Context(context)).strip()


class Sample(forms.Form):
    title = forms.CharField(label="Title", help_text="As on the paper")
    level = forms.ChoiceField(label="Level", choices=[("0", "none"), ("1", "秘密")], widget=forms.RadioSelect)
    label = forms.ChoiceField(label="Label", choices=[("secret", "机密★")], widget=forms.RadioSelect)
    people = forms.MultipleChoiceField(label="People", choices=[("a", "Chen"), ("b", "Wu")], required=False)


def test_a_level_badge_says_its_level_in_text_and_carries_its_shape_as_a_class():
    assert jingui.level({"css": "s", "text": "机密★20年"}) == '<span class="level s">机密★20年</span>'


def test_a_proposed_level_says_so():
    with translation.override("en"):
        assert "proposed" in jingui.level({"css": "c", "text": "秘密★10年"}, proposed=True)


def test_text_of_a_badge_is_escaped_and_its_class_comes_from_the_list():
    badge = jingui.level({"css": '"><script>', "text": "<b>"})
    assert badge == '<span class="level r">&lt;b&gt;</span>'
    assert jingui.tag("<i>", "late evil") == '<span class="tag">&lt;i&gt;</span>'


def test_a_code_breaks_between_its_words_only_and_is_escaped():
    assert jingui.breakable("holdings:record:describe") == "holdings:<wbr>record:<wbr>describe<wbr>"
    assert jingui.breakable("password+totp") == "password+<wbr>totp<wbr>"
    assert jingui.breakable("<i>:x") == "&lt;i&gt;:<wbr>x<wbr>"
    assert jingui.breakable(None) == ""


def test_the_foot_of_a_list_says_how_many_there_are_and_is_not_there_without_anything_to_say():
    with translation.override("en"):
        foot = render('{% include "components/pager.html" %}', total=1234)
        assert "1,234 in all" in foot
        assert render('{% include "components/pager.html" %}') == ""


def test_a_choice_that_must_be_made_says_so_although_the_form_tells_its_absence_itself():
    class Free(forms.Form):
        label = forms.ChoiceField(
            label="Label", choices=[("a", "A")], widget=forms.RadioSelect, required=False
        )

    form = Free()
    assert 'class="must"' in render("{% field form.label must=True %}", form=form)
    assert 'class="must"' not in render("{% field form.label %}", form=form)


def test_nothing_to_say_is_no_badge():
    assert jingui.level(None) == ""
    assert jingui.tag("") == ""
    assert jingui.tag(0) == '<span class="tag">0</span>'


def test_a_time_is_shown_in_local_time_and_a_date_as_it_is():
    late = datetime.datetime(2026, 11, 4, 18, 3, 27, tzinfo=datetime.UTC)
    assert jingui.day(late) == "2026-11-05"
    assert jingui.moment(late) == "2026-11-05 02:03"
    assert jingui.second(late) == "2026-11-05 02:03:27"
    assert jingui.moment(datetime.date(2026, 11, 5)) == "2026-11-05"
    assert jingui.moment("11-05") == "11-05"
    assert jingui.day(None) == ""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_numbers_are_grouped_by_three_in_both_languages(language):
    with translation.override(language):
        assert jingui.grouped(12846) == "12,846"
    assert jingui.grouped("08:41") == "08:41"


def test_a_file_name_can_neither_turn_the_line_around_nor_break_it():
    assert jingui.visible("附件\u202egpj.exe") == "附件□gpj.exe"
    assert jingui.visible("a\nb\u200bc") == "a□b□c"


def test_the_language_is_named_as_html_wants_it_and_the_other_one_is_offered():
    with translation.override("zh-hans"):
        assert jingui.html_lang() == "zh-Hans"
        assert jingui.other_language()["code"] == "en"
    with translation.override("en"):
        assert jingui.html_lang() == "en"
        assert jingui.other_language()["name"] == "中文"


def test_a_field_ties_its_label_help_and_errors_to_its_control():
    html = render("{% field form.title %}", form=Sample({}))
    assert '<label for="id_title">' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_radios_are_a_named_group_with_nothing_preselected():
    """CL-02: a label is chosen, never assumed."""
    html = render("{% field form.level %}", form=Sample())
    assert "<fieldset" in html
    assert "<legend>Level" in html
    assert html.count('type="radio"') == 2
    assert "checked" not in html


def test_a_label_to_choose_looks_like_the_badge_it_becomes():
    html = render("{% field form.label %}", form=Sample())
    assert '<span class="level s">机密★</span>' in html


def test_several_choices_are_boxes_that_keep_what_was_ticked():
    html = render("{% field form.people %}", form=Sample({"people": ["b"]}))
    assert '<input type="checkbox" name="people" value="a">' in html
    assert '<input type="checkbox" name="people" value="b" checked>' in html


def test_a_field_that_the_form_does_not_have_is_nothing():
    assert render("{% field form.absent %}", form=Sample()) == ""


@pytest.mark.parametrize("code", [400, 403, 404, 500, 503])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_error_pages_stand_without_request_database_or_context(code, language):
    """No database mark: a query here would fail the test."""
    with translation.override(language):
        html = render_to_string(f"{code}.html", {})
    assert str(code) in html
    assert "<form" not in html


def test_the_page_for_what_is_absent_does_not_tell_it_from_what_is_forbidden():
    """PE-05."""
    with translation.override("en"):
        html = render_to_string("404.html", {}).lower()
    for word in ("permission", "forbidden", "denied", "exist", "allowed"):
        assert word not in html


def test_an_action_that_changes_something_is_a_form_and_carries_the_version():
    actions = [{"label": "Register", "url": "/r/", "method": "post", "grave": False, "version": 3}]
    html = render('{% include "components/actions.html" %}', actions=actions, csrf_token="token")
    assert '<form method="post" action="/r/">' in html
    assert 'name="version" value="3"' in html
    assert 'name="csrfmiddlewaretoken"' in html


def test_what_somebody_else_changed_stands_beside_what_was_typed():
    conflict = {"who": "Wu", "when": "11-05", "fields": [{"label": "Title", "theirs": "A", "yours": "B"}]}
    html = render('{% include "components/conflict.html" %}', conflict=conflict)
    assert html.index(">A<") < html.index(">B<")
    assert 'role="alert"' in html
