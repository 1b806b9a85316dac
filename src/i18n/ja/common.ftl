# 全ページ共通
product = 駆けつけ
skip-to-content = 本文へ移動
nav-label = 画面
nav-board = 受付ボード
nav-map = 地図
nav-roster = シフト
nav-account = アカウント
sign-out = サインアウト
switch-language = 表示言語
switch-theme = 配色
connection-live = 更新中
connection-lost = 接続が切れました。再接続しています
signed-out = サインアウトしました。もう一度サインインしてください。
failure-back = 最初の画面に戻る

# 失敗したとき
problem-unauthenticated = サインインが必要です
problem-forbidden = この役割では利用できません
problem-suspended = 停止中です。担当中の案件だけを利用できます
problem-not-found = 見つかりません
problem-forged = 画面の有効期限が切れています。再読み込みしてから、もう一度お試しください
problem-overloaded = 混み合っています。少し待ってから、もう一度お試しください
problem-timed-out = 応答に時間がかかっています。もう一度お試しください
problem-internal = 処理に失敗しました。変更は行われていません
problem-too-large = 送信内容が大きすぎます
problem-version-mismatch = ほかの人が先に変更しました。再読み込みしてください
problem-alarm-not-ringing = このアラームは、すでに対応済みです
problem-other = 受け付けられませんでした
