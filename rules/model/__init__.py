"""The frozen values every room speaks, by what they are of: one import for all of them."""

from rules.model.alerts import (
    AlertState as AlertState,
)
from rules.model.alerts import (
    Breach as Breach,
)
from rules.model.alerts import (
    Calling as Calling,
)
from rules.model.alerts import (
    Entry as Entry,
)
from rules.model.alerts import (
    Mention as Mention,
)
from rules.model.alerts import (
    Peak as Peak,
)
from rules.model.alerts import (
    Ring as Ring,
)
from rules.model.alerts import (
    Run as Run,
)
from rules.model.alerts import (
    Seat as Seat,
)
from rules.model.alerts import (
    Session as Session,
)
from rules.model.alerts import (
    Snooze as Snooze,
)
from rules.model.alerts import (
    Taken as Taken,
)
from rules.model.alerts import (
    WatchView as WatchView,
)
from rules.model.registered import (
    Channel as Channel,
)
from rules.model.registered import (
    Cover as Cover,
)
from rules.model.registered import (
    Person as Person,
)
from rules.model.registered import (
    Policy as Policy,
)
from rules.model.registered import (
    Rule as Rule,
)
from rules.model.registered import (
    Schedule as Schedule,
)
from rules.model.registered import (
    Silence as Silence,
)
from rules.model.registered import (
    Span as Span,
)
from rules.model.registered import (
    Step as Step,
)
from rules.model.registered import (
    Target as Target,
)
from rules.model.registered import (
    Watch as Watch,
)
from rules.model.registered import (
    When as When,
)
from rules.model.registered import (
    Who as Who,
)
from rules.model.seen import (
    Instance as Instance,
)
from rules.model.seen import (
    Listed as Listed,
)
from rules.model.seen import (
    Meeting as Meeting,
)
from rules.model.seen import (
    MeetingRecord as MeetingRecord,
)
from rules.model.seen import (
    Roster as Roster,
)
from rules.model.seen import (
    Sample as Sample,
)
from rules.model.seen import (
    Sight as Sight,
)
from rules.model.seen import (
    Unread as Unread,
)
from rules.model.seen import (
    Unseen as Unseen,
)
from rules.model.terms import (
    DROPPED as DROPPED,
)
from rules.model.terms import (
    ActKind as ActKind,
)
from rules.model.terms import (
    ChangeKind as ChangeKind,
)
from rules.model.terms import (
    ChannelKind as ChannelKind,
)
from rules.model.terms import (
    Ending as Ending,
)
from rules.model.terms import (
    Hold as Hold,
)
from rules.model.terms import (
    MeetingKind as MeetingKind,
)
from rules.model.terms import (
    NoData as NoData,
)
from rules.model.terms import (
    Outcome as Outcome,
)
from rules.model.terms import (
    Privacy as Privacy,
)
from rules.model.terms import (
    Region as Region,
)
from rules.model.terms import (
    Severity as Severity,
)
from rules.model.terms import (
    TargetKind as TargetKind,
)
from rules.model.terms import (
    TransitionKind as TransitionKind,
)
from rules.model.terms import (
    WhoKind as WhoKind,
)
from rules.model.terms import (
    minute_of as minute_of,
)
from rules.model.terms import (
    moment_of as moment_of,
)
from rules.model.views import (
    AlertView as AlertView,
)
from rules.model.views import (
    BreachView as BreachView,
)
from rules.model.views import (
    Round as Round,
)
from rules.model.written import (
    AlertWrite as AlertWrite,
)
from rules.model.written import (
    Debt as Debt,
)
from rules.model.written import (
    Note as Note,
)
from rules.model.written import (
    Plan as Plan,
)
from rules.model.written import (
    Trouble as Trouble,
)
