# Of every page
product = Kaketsuke
skip-to-content = Skip to content
nav-label = Pages
nav-board = Board
nav-map = Map
nav-roster = Roster
nav-account = Account
sign-out = Sign out
switch-language = Language
switch-theme = Colours
connection-live = Live
connection-lost = Connection lost. Connecting again
signed-out = You are signed out. Please sign in again.
failure-back = Back to the first page

# When something fails
problem-unauthenticated = Please sign in
problem-forbidden = Your role has no access to this
problem-suspended = You are suspended: only the jobs in hand can be reached
problem-not-found = There is no such thing
problem-forged = This page is out of date. Reload it and try again
problem-overloaded = The service is busy. Wait a moment and try again
problem-timed-out = The answer takes too long. Please try again
problem-internal = The service failed. Nothing was changed
problem-too-large = That is too much to send at once
problem-version-mismatch = Somebody else changed it first. Reload the page
problem-alarm-not-ringing = Somebody has taken care of this alarm already
problem-other = That could not be accepted
