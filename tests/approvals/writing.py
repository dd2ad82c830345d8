"""A reader who writes down what he reads."""

from uuid import UUID, uuid4

from accounts.models import Account
from tests.approvals.room import ReadingRoom, version_of
from vault.approvals import reading as reads
from vault.approvals.models import AccessRequest, ReadingSession
from vault.approvals.services import excerpts
from vault.approvals.services.excerpts import Noted
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings.models import Record

TITLE, TEXT = "响应等级对照", "一级响应：燃气主管道破裂，十分钟内关闭上游阀门。\n二级响应：支管泄漏。"


class Writing:
    """A session in which two pages were shown, beside an approved request for excerpts of pages 1 to 10."""

    def __init__(
        self,
        room: ReadingRoom,
        record: Record | None = None,
        action: Action = Action.EXCERPT,
        reader: Account | None = None,
        **asked: object,
    ) -> None:
        self.reader = reader or room.desk.reader
        self.room = room
        self.record = record or room.desk.record()
        version = version_of(self.record)
        self.component: UUID = version.component_id
        self.session: ReadingSession = room.begin(
            room.check_in(room.desk.approved(self.record, by=self.reader)), room.here(self.reader)
        )
        self.request: AccessRequest = room.desk.approved(
            self.record, by=self.reader, action=action, **{"pages": {self.component: "1-10"}, **asked}
        )
        self.show(3, 4)

    def show(self, *pages: int) -> None:
        """The pages as the viewer enters them."""
        for page in pages:
            reads.release(self.room.here(self.reader), self.record.pk).enter(version_of(self.record), page)

    def noted(self, **changes: object) -> Noted:
        return Noted(
            **{
                "request_id": self.request.pk,
                "key": uuid4(),
                "title": TITLE,
                "text": TEXT,
                "component_id": self.component,
                "pages": "3-4",
                **changes,
            }
        )

    def keep(self, context: Context | None = None, noted: Noted | None = None, **changes: object) -> Record:
        return excerpts.keep(
            context=context or self.room.here(self.reader),
            session_id=self.session.pk,
            noted=noted or self.noted(**changes),
        )
