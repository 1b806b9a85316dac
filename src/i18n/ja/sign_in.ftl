sign-in-title = サインイン
sign-in-lead = 受付・手配担当者の画面です。
sign-in-login = ログイン名
sign-in-password = パスワード
sign-in-enter = サインイン
sign-in-wrong = ログイン名またはパスワードが違います。
sign-in-too-early = 続けて失敗したため、少しお待ちください。{ $seconds } 秒後にもう一度お試しください。
sign-in-link-used = このリンクは使用済みか、期限が切れています。
