# Flask and SQLite: the landing page's confirm, PortOne's webhook, and one settle() for both.
# Environment: PORT, DATABASE (a file), PORTONE_API_URL, PORTONE_API_KEY, PORTONE_API_SECRET, ORDER_TOKEN_SECRET.
# The contract, and why it is as it is: ../merchant-server.md. The sweep, the limits and the queue are in demo/merchant.
import hashlib, hmac, json, logging, os, re, secrets, sqlite3, time
from http.client import HTTPException
from urllib import error, parse, request as http

from flask import Flask, Response, jsonify, request

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("shop")
API_URL = os.environ.get("PORTONE_API_URL", "https://api.iamport.kr")
TOKEN_SECRET = os.environ["ORDER_TOKEN_SECRET"].encode()


def connect():
    db = sqlite3.connect(os.environ.get("DATABASE", "shop.db"), timeout=20, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db


connect().executescript("""
    CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, name TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
      status TEXT NOT NULL DEFAULT 'created', imp_uid TEXT UNIQUE, details TEXT NOT NULL DEFAULT '{}');
    CREATE TABLE IF NOT EXISTS fulfilments (order_id TEXT PRIMARY KEY REFERENCES orders);
""")

# SQLite lets one write at a time. On PostgreSQL and MySQL the UPDATE takes the row's lock, and looks at the row again once it has it.
APPLY = """
    UPDATE orders SET status = :status, imp_uid = :imp_uid, details = :details
    WHERE id = :id AND (status IN ('created', 'pending', 'failed')
      OR status = 'ready' AND (:status IN ('paid', 'ready') OR imp_uid = :imp_uid AND :status <> 'pending')
      OR status = 'paid' AND :status = 'cancelled' AND imp_uid = :imp_uid
      OR status = 'cancelled' AND :status = 'paid' AND imp_uid <> :imp_uid)"""


class Unavailable(Exception):
    """PortOne could not be asked. Nothing is known, so nothing has failed."""


def ask_portone(path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    try:
        with http.urlopen(http.Request(API_URL + path, data, {"Content-Type": "application/json", **headers}), timeout=5) as response:
            answer = json.load(response)
        if answer["code"] != 0:
            raise ValueError(answer["message"])
        return answer["response"]
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as cause:
        if isinstance(cause, error.HTTPError) and cause.code == 404 and path.startswith("/payments/"):
            return None
        token.clear()  # It may be what is wrong; the next one asks for a new one.
        raise Unavailable from cause


token = {}


def find_payment(path, payment_id, status=""):
    if re.fullmatch(r"\.+", payment_id):
        return None  # It would walk up the path.
    if token.get("expired_at", 0) < time.time() + 60:
        keys = {"imp_key": os.environ["PORTONE_API_KEY"], "imp_secret": os.environ["PORTONE_API_SECRET"]}
        token.update(ask_portone("/users/getToken", keys))
    return ask_portone(path + parse.quote(payment_id, safe="") + status, Authorization=token.get("access_token", ""))


def read_order(db, order_id):
    row = db.execute("SELECT * FROM orders WHERE id = ?", [order_id]).fetchone()
    return row and {**row, "details": json.loads(row["details"])}


def settle(imp_uid, merchant_uid, is_news=False):
    """Where every road ends. None is believed: it only says where to look. None: no such order."""
    db = connect()
    order = read_order(db, merchant_uid) if merchant_uid else None
    if merchant_uid and not order:
        return None
    if not is_news and order and order["status"] == "paid" and imp_uid in (None, order["imp_uid"]):
        return order

    payment = find_payment("/payments/", imp_uid) if imp_uid else None
    order = order or (payment and read_order(db, payment["merchant_uid"]))
    if not order:
        return None
    # Another try of the same order may have been paid, an older one too.
    if not payment or (payment["merchant_uid"] == order["id"] and payment["status"] != "paid"):
        payment = find_payment("/payments/find/", order["id"], "/paid") or payment or find_payment("/payments/find/", order["id"])
    if not payment:
        return order

    status = payment["status"]
    if status == "ready" and not payment["vbank_num"]:
        status = "pending"  # The customer is in the gateway's window, or has left it.
    is_worth = payment["amount"] == order["amount"] and payment["currency"] == order["currency"]
    if payment["merchant_uid"] != order["id"] or (status in ("paid", "ready", "cancelled") and not is_worth):
        log.error("forged %s", order["id"][:19])  # For a person to look at.
        return {**order, "status": "forged", "details": {}}
    if status == "paid" and payment.get("cancel_amount"):
        return order  # Partly taken back: a person decides.
    details = {}
    if status == "ready":
        details = {name: payment.get(name) for name in ("vbank_num", "vbank_name", "vbank_holder", "vbank_date")}
    elif status == "failed" and payment.get("fail_reason"):
        details = {"message": payment["fail_reason"]}

    values = {"id": order["id"], "status": status, "imp_uid": payment["imp_uid"], "details": json.dumps(details)}
    with db:  # Commits both, or neither. A worker ships what stands in fulfilments.
        db.execute("BEGIN IMMEDIATE")
        changed = db.execute(APPLY, values).rowcount
        is_first = bool(changed and status == "paid" and db.execute("INSERT OR IGNORE INTO fulfilments VALUES (?)", [order["id"]]).rowcount)
    if is_first:
        log.info("settled %s", order["id"][:19])
    after = read_order(db, order["id"])
    if status == "paid" and after["imp_uid"] != payment["imp_uid"]:
        log.error("paid twice %s", order["id"][:19])
    return after


def sign(order_id):
    return hmac.new(TOKEN_SECRET, order_id.encode(), hashlib.sha256).hexdigest()


def is_token_of(order_id, t):
    return isinstance(t, str) and hmac.compare_digest(sign(order_id).encode(), t.encode("utf-8", "replace"))


def is_id(value):
    return isinstance(value, str) and re.fullmatch(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,256}", value) is not None


def is_own_page():
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site == "same-origin" if site else not origin or re.sub(r"^https?://", "", origin) == request.host


app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 16 * 1024


@app.post("/orders")
def create_order():
    """Stands for your checkout. The price is the server's; the token goes into the landing URL: m_redirect_url "…/complete?t=" + token."""
    order_id = f"order-{secrets.token_hex(12)}"
    with connect() as db:
        db.execute("INSERT INTO orders (id, name, amount, currency) VALUES (?, '모퉁이 블렌드', 12000, 'KRW')", [order_id])
    return jsonify(merchant_uid=order_id, amount=12000, token=sign(order_id)), 201


@app.post("/payments/complete")
def confirm():
    if not is_own_page():
        return jsonify(code="foreign_origin"), 403
    body = request.get_json(silent=True)
    body = body if isinstance(body, dict) else {}
    imp_uid, merchant_uid = body.get("imp_uid"), body.get("merchant_uid")
    ids = [value for value in (imp_uid, merchant_uid) if value is not None]
    if not ids or not all(map(is_id, ids)):
        return jsonify(code="invalid_request"), 400
    unknown = {"status": "pending", "imp_uid": imp_uid, "merchant_uid": merchant_uid}
    try:
        order = settle(imp_uid, merchant_uid)
    except Unavailable:
        return jsonify(unknown), 202, {"Retry-After": "3"}
    if not order and merchant_uid is not None:
        return jsonify(code="order_not_found"), 404
    # The work is done for whoever asks; how it stands is told to the order's own customer.
    if not order or not is_token_of(order["id"], body.get("t")):
        return jsonify(unknown)
    status = "pending" if order["status"] == "created" else order["status"]
    shown = {name: order[name] for name in ("amount", "currency", "name")}
    ids = {"imp_uid": imp_uid or order["imp_uid"], "merchant_uid": order["id"]}
    return jsonify(status=status, **ids, **shown, **order["details"]), 400 if status == "forged" else 200


@app.post("/payments/webhook")
def webhook():
    """Unsigned, and sent once: anybody may have sent it, and the sweep finds what it has missed."""
    body = (request.get_json(silent=True) if request.is_json else request.form) or {}
    if not isinstance(body, dict) or not is_id(body.get("imp_uid")) or not is_id(body.get("merchant_uid")):
        return jsonify(code="invalid_request"), 400
    try:
        settle(body["imp_uid"], body["merchant_uid"], is_news=True)
    except Unavailable:
        return jsonify(code="payment_not_known_yet"), 503, {"Retry-After": "3"}
    return Response(status=200)


@app.errorhandler(413)
def too_large(_):
    return jsonify(code="too_large"), 413


@app.errorhandler(500)
def internal_error(_):
    return jsonify(code="internal_error"), 500


if __name__ == "__main__":  # For trying out; in earnest: gunicorn flask_app:app
    app.run("127.0.0.1", int(os.environ.get("PORT", "3000")), threaded=True)
