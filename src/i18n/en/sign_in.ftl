sign-in-title = Sign in
sign-in-lead = For the people who take calls and dispatch.
sign-in-login = Login
sign-in-password = Password
sign-in-enter = Sign in
sign-in-wrong = Login or password is wrong.
sign-in-too-early = Several attempts have failed. Please try again in { $seconds } seconds.
sign-in-link-used = This link has been used already, or has run out.
