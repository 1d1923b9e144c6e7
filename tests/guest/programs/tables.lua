local t = {}
for i = 1, 20000 do t[i] = (i * 7919) % 10007 end
table.sort(t)
print(t[1], t[#t], #t)
local s = 0
for i = 1, 20000 do s = s + math.sin(i) end
print(string.format("%.10f", s))
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(co(), co(), co())
print(("hello world"):gsub("o", "0"))
print(pcall(error, "raised"))
print(string.pack("<i4d", 7, 1.5):byte(1, -1))
local f <close> = io.popen("echo from a child", "r")
print(f:read("a"))
