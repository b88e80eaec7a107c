-- wrk script: events as the tracker sends them, every one with an id of its own.
-- Arguments: seconds to send, events a body, site, seed. Prints one line of JSON for `wrk.py`.
--
-- Time is up before wrk is: each connection then sends half a request, which nobody answers. So no event is on its way
-- when wrk hangs up, and the answers counted here must be the events counted by the server, exactly.

local ffi = require("ffi")
ffi.cdef([[
  typedef struct { long seconds; long nanoseconds; } benchmark_time;
  int clock_gettime(int clock, benchmark_time *time);
]])

local OPEN_SESSIONS = 400
local MEAN_EVENTS = 6 -- a session
local MEAN_SESSIONS = 3 -- a visitor

local PAGES = {
  { "/", "온다 찻집" },
  { "/teas/first-leaf", "첫 잎 녹차 - 온다 찻집" },
  { "/teas/hwangcha", "황차 - 온다 찻집" },
  { "/teas/ssangkye-2026", "쌍계 우전 2026 - 온다 찻집" },
  { "/pricing", "정기 구독 - 온다 찻집" },
  { "/docs", "How to brew - Onda Tea" },
  { "/docs/cold-brew", "Cold brew - Onda Tea" },
  { "/blog/hadong", "하동의 아침 - 온다 찻집" },
  { "/blog/%EC%B0%A8%EC%9D%98-%EA%B3%84%EC%A0%88", "차의 계절 - 온다 찻집" },
  { "/cart", "장바구니 - 온다 찻집" },
}
local REFERRERS = {
  "", "", "", "https://www.google.com/", "https://search.naver.com/search.naver?query=%EB%85%B9%EC%B0%A8",
  "https://m.search.daum.net/search?q=tea", "https://www.instagram.com/", "https://news.example/tea-in-autumn",
}
local BUTTONS = { { "buy", "담기" }, { "more", "더 보기" }, { "menu", "Menu" } }
local DEVICES = {
  { "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "1920x1080", "ko-KR" },
  { "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", "384x832", "ko-KR" },
  { "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", "393x852", "ko-KR" },
  { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "1512x982", "en-US" },
  { "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "412x915", "ko-KR" },
  { "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "2560x1440", "de-DE" },
}

local random, floor, format = math.random, math.floor, string.format
local time = ffi.new("benchmark_time")
local seconds, per_body, site, deadline, parked
local sessions, heads = {}, {}

local function now()
  ffi.C.clock_gettime(0, time)
  return tonumber(time.seconds) * 1000 + floor(tonumber(time.nanoseconds) / 1000000)
end

local function new_id(ms)
  return format("%08x-%04x-7%03x-%04x-%06x%06x", floor(ms / 65536), ms % 65536, random(0, 0xfff),
    random(0x8000, 0xbfff), random(0, 0xffffff), random(0, 0xffffff))
end

local function begin_session(session, ms)
  if random(MEAN_SESSIONS) == 1 or not session.user then
    session.user = new_id(ms)
    session.device = DEVICES[random(#DEVICES)]
  end
  session.id = new_id(ms)
  session.left = random(2 * MEAN_EVENTS - 1)
  session.page = nil
end

local function page_view(session)
  local referrer = session.page and "https://" .. site .. session.page[1] or REFERRERS[random(#REFERRERS)]
  session.page = PAGES[random(#PAGES)]
  return '"page_title":"' .. session.page[2] .. '","referrer":"' .. referrer .. '","language":"' .. session.device[3]
    .. '","timezone":"Asia/Seoul","screen":"' .. session.device[2] .. '",', "page_view"
end

local function click()
  local button = BUTTONS[random(#BUTTONS)]
  return '"element_tag":"button","element_id":"' .. button[1] .. '","element_class":"button primary","element_text":"'
    .. button[2] .. '",', "click"
end

local function event(session, ms, happened)
  if session.left == 0 then begin_session(session, ms) end
  session.left = session.left - 1
  local more, kind = "", "heartbeat"
  local chance = random()
  if not session.page or chance < 0.4 then
    more, kind = page_view(session)
  elseif chance < 0.6 then
    more, kind = click()
  end
  return '{"site_id":"' .. site .. '","user_id":"' .. session.user .. '","page_url":"https://' .. site
    .. session.page[1] .. '",' .. more .. '"event_id":"' .. new_id(ms) .. '","session_id":"' .. session.id
    .. '","timestamp":' .. format("%d", happened) .. ',"event_type":"' .. kind .. '"}'
end

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

function init(arguments)
  seconds, per_body, site = tonumber(arguments[1]), tonumber(arguments[2]), arguments[3]
  math.randomseed(tonumber(arguments[4]))
  for _, device in ipairs(DEVICES) do
    heads[device] = "POST /api/events HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\nUser-Agent: "
      .. device[1] .. "\r\nAccept: */*\r\nAccept-Language: " .. device[3] .. "\r\nAccept-Encoding: gzip, deflate, br"
      .. "\r\nContent-Type: text/plain;charset=UTF-8\r\nOrigin: https://" .. site .. "\r\nReferer: https://" .. site
      .. "/\r\nConnection: keep-alive\r\nContent-Length: "
  end
  parked = "POST /api/events HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nContent-Length: 1\r\n\r\n"
  local ms = now()
  for number = 1, OPEN_SESSIONS do
    sessions[number] = {}
    begin_session(sessions[number], ms)
  end
end

function request()
  local ms = now()
  deadline = deadline or ms + seconds * 1000
  if ms >= deadline then return parked end
  local session = sessions[random(OPEN_SESSIONS)]
  local events = event(session, ms, ms - (per_body - 1) * 1000)
  for number = 2, per_body do
    events = events .. "," .. event(session, ms, ms - (per_body - number) * 1000)
  end
  local body = '{"events":[' .. events .. '],"sent_at":' .. format("%d", ms) .. "}"
  return heads[session.device] .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local errors = summary.errors
  io.write(format(
    '\n{"answers":%d,"refused":%d,"broken":%d,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f}\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
