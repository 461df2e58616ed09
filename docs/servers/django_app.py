# Django in one file: the landing page's confirm, PortOne's webhook, and one settle() for both. Any database that Django speaks; here SQLite.
# Environment: PORT, DATABASE (a file), PORTONE_API_URL, PORTONE_API_KEY, PORTONE_API_SECRET, ORDER_TOKEN_SECRET.
# The contract, and why it is as it is: ../merchant-server.md. The sweep, the limits and the queue are in demo/merchant.
import json, logging, os, re, secrets, sys, time
from http.client import HTTPException
from urllib import error, parse, request as http

import django
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.management import execute_from_command_line
from django.db import connection, models, transaction
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("shop")
API_URL = os.environ.get("PORTONE_API_URL", "https://api.iamport.kr")
settings.configure(
    SECRET_KEY=os.environ["ORDER_TOKEN_SECRET"],
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],  # And your shop's own.
    ROOT_URLCONF=__name__,
    DATA_UPLOAD_MAX_MEMORY_SIZE=16 * 1024,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("DATABASE", "shop.db"), "OPTIONS": {"timeout": 20}}},
)
django.setup()


class Order(models.Model):
    id = models.CharField(primary_key=True, max_length=40)
    name = models.TextField()
    amount = models.IntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=9, default="created")
    imp_uid = models.CharField(max_length=256, unique=True, null=True)
    details = models.JSONField(default=dict)

    class Meta:
        app_label = "shop"


class Fulfilment(models.Model):
    order = models.OneToOneField(Order, models.PROTECT, primary_key=True)

    class Meta:
        app_label = "shop"


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


def may_become(status, imp_uid):
    """Which orders give way to a payment: what is settled, only to what outranks it."""
    by_it = Q(imp_uid=imp_uid)
    may = Q(status__in=["created", "pending", "failed"])
    if status != "pending":
        may |= Q(status="ready") & by_it
    if status in ("paid", "ready"):
        may |= Q(status="ready")
    if status == "cancelled":
        may |= Q(status="paid") & by_it
    if status == "paid":
        may |= Q(status="cancelled") & ~by_it
    return may


def settle(imp_uid, merchant_uid, is_news=False):
    """Where every road ends. None is believed: it only says where to look. None: no such order."""
    order = Order.objects.filter(pk=merchant_uid).first() if merchant_uid else None
    if merchant_uid and not order:
        return None
    if not is_news and order and order.status == "paid" and imp_uid in (None, order.imp_uid):
        return order

    payment = find_payment("/payments/", imp_uid) if imp_uid else None
    order = order or (payment and Order.objects.filter(pk=payment["merchant_uid"]).first())
    if not order:
        return None
    # Another try of the same order may have been paid, an older one too.
    if not payment or (payment["merchant_uid"] == order.pk and payment["status"] != "paid"):
        payment = find_payment("/payments/find/", order.pk, "/paid") or payment or find_payment("/payments/find/", order.pk)
    if not payment:
        return order

    status = payment["status"]
    if status == "ready" and not payment["vbank_num"]:
        status = "pending"  # The customer is in the gateway's window, or has left it.
    is_worth = payment["amount"] == order.amount and payment["currency"] == order.currency
    if payment["merchant_uid"] != order.pk or (status in ("paid", "ready", "cancelled") and not is_worth):
        log.error("forged %s", order.pk[:19])  # For a person to look at.
        order.status, order.details = "forged", {}
        return order  # Not saved.
    if status == "paid" and payment.get("cancel_amount"):
        return order  # Partly taken back: a person decides.
    details = {}
    if status == "ready":
        details = {name: payment.get(name) for name in ("vbank_num", "vbank_name", "vbank_holder", "vbank_date")}
    elif status == "failed" and payment.get("fail_reason"):
        details = {"message": payment["fail_reason"]}

    # The UPDATE takes the row's lock, and looks at the row again once it has it: of many at once, one changes it. (SQLite lets
    # one write at a time.) A worker ships what stands in Fulfilment.
    with transaction.atomic():
        changing = Order.objects.filter(may_become(status, payment["imp_uid"]), pk=order.pk)
        changed = changing.update(status=status, imp_uid=payment["imp_uid"], details=details)
        is_first = changed and status == "paid" and Fulfilment.objects.get_or_create(order=order)[1]
    if is_first:
        log.info("settled %s", order.pk[:19])
    order.refresh_from_db()
    if status == "paid" and order.imp_uid != payment["imp_uid"]:
        log.error("paid twice %s", order.pk[:19])
    return order


def sign(order_id):
    return salted_hmac("order token", order_id, algorithm="sha256").hexdigest()


def is_id(value):
    return isinstance(value, str) and re.fullmatch(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,256}", value) is not None


def read_body(request):
    """The body, where it is a JSON object; else nothing."""
    try:
        body = json.loads(request.body) if request.content_type == "application/json" else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def is_own_page(request):
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site == "same-origin" if site else not origin or re.sub(r"^https?://", "", origin) == request.get_host()


def answers(view):
    """A view whose refusals are of the contract. CSRF's token is not asked for: is_own_page and JSON alone keep other sites out."""

    def answer(request):
        try:
            return view(request)
        except RequestDataTooBig:
            return JsonResponse({"code": "too_large"}, status=413)
        except Unavailable:
            return JsonResponse({"code": "payment_not_known_yet"}, status=503, headers={"Retry-After": "3"})

    return csrf_exempt(require_POST(answer))


@answers
def create_order(request):
    """Stands for your checkout. The price is the server's; the token goes into the landing URL: m_redirect_url "…/complete?t=" + token."""
    order = Order.objects.create(id=f"order-{secrets.token_hex(12)}", name="모퉁이 블렌드", amount=12000, currency="KRW")
    return JsonResponse({"merchant_uid": order.pk, "amount": order.amount, "token": sign(order.pk)}, status=201)


@answers
def confirm(request):
    if not is_own_page(request):
        return JsonResponse({"code": "foreign_origin"}, status=403)
    body = read_body(request)
    imp_uid, merchant_uid = body.get("imp_uid"), body.get("merchant_uid")
    ids = [value for value in (imp_uid, merchant_uid) if value is not None]
    if not ids or not all(map(is_id, ids)):
        return JsonResponse({"code": "invalid_request"}, status=400)
    unknown = {"status": "pending", "imp_uid": imp_uid, "merchant_uid": merchant_uid}
    try:
        order = settle(imp_uid, merchant_uid)
    except Unavailable:
        return JsonResponse(unknown, status=202, headers={"Retry-After": "3"})
    if not order and merchant_uid is not None:
        return JsonResponse({"code": "order_not_found"}, status=404)
    # The work is done for whoever asks; how it stands is told to the order's own customer.
    if not order or not constant_time_compare(sign(order.pk), f"{body.get('t')}"):
        return JsonResponse(unknown)
    status = "pending" if order.status == "created" else order.status
    shown = {"amount": order.amount, "currency": order.currency, "name": order.name, **order.details}
    verdict = {"status": status, "imp_uid": imp_uid or order.imp_uid, "merchant_uid": order.pk, **shown}
    return JsonResponse(verdict, status=400 if status == "forged" else 200)


@answers
def webhook(request):
    """Unsigned, and sent once: anybody may have sent it, and the sweep finds what it has missed."""
    body = read_body(request) or request.POST
    if not is_id(body.get("imp_uid")) or not is_id(body.get("merchant_uid")):
        return JsonResponse({"code": "invalid_request"}, status=400)
    settle(body["imp_uid"], body["merchant_uid"], is_news=True)
    return HttpResponse(content_type="text/plain")


urlpatterns = [path("orders", create_order), path("payments/complete", confirm), path("payments/webhook", webhook)]

if __name__ == "__main__":  # For trying out. In your project, the tables are migrations, and gunicorn serves.
    with connection.schema_editor() as editor:
        for model in (Order, Fulfilment):
            if model._meta.db_table not in connection.introspection.table_names():
                editor.create_model(model)
    execute_from_command_line([sys.argv[0], "runserver", "--noreload", f"127.0.0.1:{os.environ.get('PORT', '3000')}"])
