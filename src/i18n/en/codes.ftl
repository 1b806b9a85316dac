# Codes that pages show
language-ja = 日本語
language-en = English
theme-auto = Auto
theme-light = Light
theme-dark = Dark

role-administrator = Administrator
role-supervisor = Supervisor
role-dispatcher = Dispatcher
role-firm = Contractor
role-technician = Technician
role-billing = Billing
role-claims_support = Claims support

priority-P0 = P0 danger to life
priority-P1 = P1 now
priority-P2 = P2 today
priority-P3 = P3 appointment

trade-water = Water
trade-lock = Lock

stage-open = Nobody yet
stage-asked = Asked
stage-coming = On the way
stage-there = On site
stage-planned = Planned

job-state-unassigned = Unassigned
job-state-held = Held
job-state-booked = Visit planned
job-state-offered = Offered
job-state-accepted = Not named yet
job-state-assigned = Accepted
job-state-en_route = On the way
job-state-on_site = Arrived
job-state-working = Working
job-state-paused = Paused
job-state-awaiting_return = Will return
job-state-completed = Done
job-state-cancelled = Called off
job-state-no_coverage = No coverage

clock-answer_due = to answer
clock-naming_due = to name who goes
clock-looks_again = to the next search
clock-visit_begins = to the visit
clock-arrival_due = to arrival
clock-since = in this state
clock-free_until = of free work left
clock-paused_free_left = of free work left, paused

subject-call = Call
subject-case = Case
subject-job = Job
subject-firm = Contractor
subject-technician = Technician
subject-consumer = Billing consumer
subject-token = Access token
subject-reference = Reference data
subject-alarm = Alarm
subject-shift = Hand-over
subject-referral = Referral
subject-user = User
subject-webhook = Webhook
subject-message = Message
subject-review = Review
subject-dispute = Dispute
subject-retention = Retention
subject-log = The log

alarm-appointment_at_risk = Planned visit at risk
alarm-call_back_due = Call back
alarm-cannot_go_on = The service cannot go on with this
alarm-danger_on_job = Danger found after dispatch
alarm-displaced = Planned visit needs a new window
alarm-doubtful_report = A doubtful report from the site
alarm-held = Still held
alarm-ladder_ended = Nobody could be found
alarm-late_arrival = Arrival is late
alarm-no_coverage = No contractor serves this place
alarm-not_departed = Accepted, not on the way
alarm-not_to_be_sent = Who has it may not be sent any more
alarm-not_named = Technician not named
alarm-place_changed = Tell the corrected address
alarm-referral_follow_up = Follow up the referral
alarm-refusals = Three refused or silent
alarm-overlong = Work takes too long
alarm-stalled = On the way, not moving
alarm-visit_off_duty = Technician of the visit is off
alarm-waiting_on_site = Arrived, nothing begun
alarm-no_access = Nobody opens the door
alarm-return_due = Return visit not planned
alarm-review_waiting = Waits for a supervisor
