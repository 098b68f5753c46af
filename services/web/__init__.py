"""The pages people use.

Owns: the browser's sessions, nothing else. What it shows it asks of the other services over
HTTP, with the rights of the person who asks; what people do here it sends to them as commands.
Publishes nothing and listens to nothing.

No rule, count or percentage is computed here: pages put into words what services answer. Every
page works, and prints, without JavaScript.
"""
