# Of all pages of the office
nav-office = Office
nav-kpi = Figures
span-from = From
span-to = To
span-show = Show
amount-yen = ¥{ $amount }

day-class-weekday = Weekdays
day-class-sat = Saturdays
day-class-sun = Sundays
day-class-holiday = Holidays
day-class-year_end = Year end

nav-reviews = Reviews
open-statement = Open the statement
choose = Please choose

review-state-open = To decide
review-state-decided = Decided
review-state-gone = Gone

pause-waiting_third_party = Waiting for somebody else
pause-parts_fetch = Fetching parts
pause-customer_unavailable = Resident away
pause-safety_stop = Stopped for safety
pause-break = Break
pause-police = Police
pause-quote_discussion = Discussing a quote

job-outcome-completed = Completed
job-outcome-completed_with_referral = Made safe and referred
job-outcome-stopped_referred = Stopped and referred
job-outcome-aborted_unsafe = Stopped: dangerous
job-outcome-refused_opening = Opening refused
