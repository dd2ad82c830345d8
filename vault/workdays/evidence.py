"""Rows of the calendar that the database itself refuses to change or remove.

What counted as a working day on a day decides whether somebody was late, so nothing of it is written over: a corrected
notice, another week or a day taken back is a new row, and the newest holds.
"""

from audit.triggers import EvidenceTable

TABLES = (
    EvidenceTable("workdays_notice"),
    EvidenceTable("workdays_noticeday"),
    EvidenceTable("workdays_unitweek"),
    EvidenceTable("workdays_unitday"),
    EvidenceTable("workdays_recomputation"),
    EvidenceTable("workdays_duemove"),
    EvidenceTable("workdays_calendarlock", deny=("DELETE",)),
)
