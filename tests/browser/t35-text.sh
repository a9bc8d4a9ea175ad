#!/bin/bash
# text: each kind of page makes sense in a browser that shows nothing but text, in both languages.
. "$(dirname "$0")/lib.sh"
signup open
person ann
api POST /file/update -d action=folder -d name=Holidays
api PUT '/file/upload?folder=/Holidays&name=deep.txt' -d first
api PUT '/file/upload?folder=/Holidays&name=deep.txt' -d second
file=$(json 'd["id"]')
api PUT '/file/upload?name=old.txt' -d old
api POST /file/delete -d "id=$(json 'd["id"]')"
"$coffer" user add admin2 --admin >/dev/null
admin=$("$coffer" user token admin2)

# reads LANGUAGE PATH SENTENCE...: the page says each of them, as a line of text wraps it.
reads() {
	local sentence
	api GET "$2" -H 'Accept: text/html' -H "Accept-Language: $1"
	w3m -dump -T text/html -I UTF-8 -O UTF-8 -cols 100 "$tmp/body" >"$tmp/text" || fail "w3m cannot read $2"
	tr -s ' \n' ' ' <"$tmp/text" >"$tmp/line"
	for sentence in "${@:3}"; do
		grep -Fq -- "$sentence" "$tmp/line" || fail "$2 does not say '$sentence' in text: $(cat "$tmp/text")"
	done
}

anns=$token
token=
reads en /user/signin 'Sign in' 'Name [' 'Password [' 'English' 'Make an account'
reads zh /user/signin '登录' '名称 [' '密码 ['
reads en /user/signup 'Make an account' 'Password, 8 characters or more ['
reads zh /user/signup '注册账号'
token=$anns
reads en / 'Files Upload Trash ann' 'Search your files' 'New folder' 'Holidays' 'With what is chosen:' 'Delete Move to ['
reads zh / '文件上传回收站 ann' 'Holidays'
reads en '/file/query?folder=/Holidays' 'Files › Holidays' 'deep.txt 6 B'
reads en '/file/query?folder=trash' 'old.txt' 'Restore' 'Empty the trash'
reads en '/file/query?q=DEEP' 'deep.txt' 'Search'
reads en '/file/query?q=nowhere' 'No file or folder has that in its name.'
reads en "/file/query?id=$file" 'Download' 'SHA-256' "$(printf second | sha256sum | cut -c1-64)" 'CRC-64/XZ' 'Bring back'
reads zh "/file/query?id=$file" '下载' '历史版本'
reads en /file/upload 'Files [' 'Where a name exists already [' 'keep the old file as a version' 'There is room for'
reads en /user/account 'of 1.1 PB used' 'Where you are signed in' 'command line reads and changes' 'Delete the account and all files'
reads zh /user/account '更改密码'
reads en /user/storage 'Holidays' 'The largest files' 'deep.txt'
reads en /user/activity 'Uploaded deep.txt' 'from 127.0.0.1'
reads zh /user/activity '上传了 deep.txt'
reads en '/file/query?id=999999' 'Not Found' 'no such file or folder in your cloud' 'To your files'
reads zh '/file/query?id=999999' '找不到' '您的云盘中没有这个文件或文件夹。'
token=$admin
reads en /user/admin 'Accounts' 'ann' 'of 1.1 PB, last seen' 'Set quota' 'A new account' 'Make an invitation'
