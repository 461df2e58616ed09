// Not run by any test: read against the contract and against the servers beside it, which are.
// Spring Boot 3 (Java 17), JdbcTemplate and PostgreSQL: the landing page's confirm, PortOne's webhook, and one settle() for both.
// Tables: orders and fulfilments as in hono.mjs. Properties: portone.api-url, portone.api-key, portone.api-secret, order-token-secret.
// With Spring Security, let both paths through without a CSRF token: isOwnPage and JSON alone keep other sites out of the first,
// and the second is PortOne's. The contract, and why it is as it is: ../merchant-server.md. The sweep, the limits and the queue
// are in demo/merchant; server.tomcat.max-http-form-post-size and a filter keep bodies small.
package com.example.shop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ConfirmController {
  // The UPDATE takes the row's lock, and looks at the row again once it has it: of many at once, one changes it. A worker ships
  // what stands in fulfilments; it is written in the same statement, so neither is there without the other.
  private static final String APPLY = """
      WITH changed AS (
        UPDATE orders SET status = n.status, imp_uid = n.imp_uid, details = n.details
        FROM (VALUES (?, ?, ?, ?::jsonb)) AS n (id, status, imp_uid, details)
        WHERE orders.id = n.id AND (orders.status IN ('created', 'pending', 'failed')
          OR orders.status = 'ready' AND (n.status IN ('paid', 'ready') OR orders.imp_uid = n.imp_uid AND n.status <> 'pending')
          OR orders.status = 'paid' AND n.status = 'cancelled' AND orders.imp_uid = n.imp_uid
          OR orders.status = 'cancelled' AND n.status = 'paid' AND orders.imp_uid <> n.imp_uid)
        RETURNING orders.id, orders.status)
      INSERT INTO fulfilments SELECT id FROM changed WHERE status = 'paid' ON CONFLICT DO NOTHING""";

  private static final Logger log = LoggerFactory.getLogger(ConfirmController.class);
  private static final ObjectMapper json = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build(); // It follows no redirect.
  private final JdbcTemplate db;
  private final String apiUrl;
  private final Map<String, String> keys;
  private final SecretKeySpec tokenSecret;
  private volatile JsonNode token;

  ConfirmController(
      JdbcTemplate db,
      @Value("${portone.api-url:https://api.iamport.kr}") String apiUrl,
      @Value("${portone.api-key}") String apiKey,
      @Value("${portone.api-secret}") String apiSecret,
      @Value("${order-token-secret}") String secret) {
    this.db = db;
    this.apiUrl = apiUrl;
    this.keys = Map.of("imp_key", apiKey, "imp_secret", apiSecret);
    this.tokenSecret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  record Order(String id, String name, int amount, String currency, String status, String impUid, JsonNode details) {
    Order forged() {
      return new Order(id, name, amount, currency, "forged", impUid, json.createObjectNode());
    }
  }

  /** PortOne could not be asked. Nothing is known, so nothing has failed. */
  static class Unavailable extends RuntimeException {
    Unavailable(Throwable cause) {
      super(cause);
    }
  }

  private JsonNode askPortOne(String path, HttpRequest.Builder request) {
    try {
      HttpRequest built = request.uri(URI.create(apiUrl + path)).timeout(Duration.ofSeconds(5)).build();
      HttpResponse<String> response = http.send(built, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 404 && path.startsWith("/payments/")) return null;
      if (response.statusCode() == 401) token = null;
      JsonNode body = json.readTree(response.body());
      if (response.statusCode() != 200 || body.path("code").asInt(-1) != 0 || !body.path("response").isObject())
        throw new IllegalStateException("HTTP " + response.statusCode());
      return body.get("response");
    } catch (InterruptedException cause) {
      Thread.currentThread().interrupt();
      throw new Unavailable(cause);
    } catch (Exception cause) {
      throw new Unavailable(cause);
    }
  }

  private JsonNode findPayment(String path, String id, String status) {
    if (id.matches("\\.+")) return null; // It would walk up the path.
    JsonNode current = token;
    if (current == null || current.path("expired_at").asLong() < Instant.now().getEpochSecond() + 60) {
      HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(json.valueToTree(keys).toString());
      current = askPortOne("/users/getToken", HttpRequest.newBuilder().header("Content-Type", "application/json").POST(body));
      token = current;
    }
    String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    return askPortOne(path + encoded + status, HttpRequest.newBuilder().header("Authorization", current.path("access_token").asText()));
  }

  private Order readOrder(String id) {
    return db.query(
            "SELECT * FROM orders WHERE id = ?",
            (row, i) ->
                new Order(row.getString("id"), row.getString("name"), row.getInt("amount"), row.getString("currency"),
                    row.getString("status"), row.getString("imp_uid"), read(row.getString("details"))),
            id)
        .stream().findFirst().orElse(null);
  }

  private static JsonNode read(String text) {
    try {
      return json.readTree(text);
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String text(JsonNode payment, String name) {
    return payment.path(name).isTextual() ? payment.get(name).textValue() : null;
  }

  private static String logName(Order order) {
    return order.id().substring(0, Math.min(19, order.id().length()));
  }

  /** Where every road ends. None is believed: it only says where to look. Null: no such order. */
  Order settle(String impUid, String merchantUid, boolean isNews) {
    Order order = merchantUid == null ? null : readOrder(merchantUid);
    if (merchantUid != null && order == null) return null;
    if (!isNews && order != null && order.status().equals("paid") && (impUid == null || impUid.equals(order.impUid()))) return order;

    JsonNode payment = impUid == null ? null : findPayment("/payments/", impUid, "");
    if (order == null && payment != null) order = readOrder(text(payment, "merchant_uid"));
    if (order == null) return null;
    // Another try of the same order may have been paid, an older one too.
    if (payment == null || (order.id().equals(text(payment, "merchant_uid")) && !"paid".equals(text(payment, "status")))) {
      JsonNode paid = findPayment("/payments/find/", order.id(), "/paid");
      payment = paid != null ? paid : payment != null ? payment : findPayment("/payments/find/", order.id(), "");
    }
    if (payment == null) return order;

    // "ready" without an account: the customer is in the gateway's window, or has left it.
    String status = text(payment, "status");
    if ("ready".equals(status) && text(payment, "vbank_num") == null) status = "pending";
    boolean isWorth = payment.path("amount").asDouble(-1) == order.amount() && order.currency().equals(text(payment, "currency"));
    boolean isOwn = order.id().equals(text(payment, "merchant_uid"));
    if (!isOwn || (!isWorth && Stream.of("paid", "ready", "cancelled").anyMatch(status::equals))) {
      log.error("forged {}", logName(order)); // For a person to look at.
      return order.forged();
    }
    if (status.equals("paid") && payment.path("cancel_amount").asDouble() > 0) return order; // Partly taken back: a person decides.
    var details = json.createObjectNode();
    if (status.equals("ready"))
      for (String name : new String[] {"vbank_num", "vbank_name", "vbank_holder", "vbank_date"}) details.set(name, payment.get(name));
    else if (status.equals("failed") && text(payment, "fail_reason") != null) details.put("message", text(payment, "fail_reason"));

    String paidBy = text(payment, "imp_uid");
    if (db.update(APPLY, order.id(), status, paidBy, details.toString()) > 0) log.info("settled {}", logName(order));
    Order after = readOrder(order.id());
    if (status.equals("paid") && !paidBy.equals(after.impUid())) log.error("paid twice {}", logName(order));
    return after;
  }

  /** The order token that your checkout puts into the landing URL: m_redirect_url "…/complete?t=" + sign(id). */
  String sign(String orderId) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(tokenSecret);
      return HexFormat.of().formatHex(mac.doFinal(orderId.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private boolean isTokenOf(String orderId, Object t) {
    return t instanceof String given
        && MessageDigest.isEqual(sign(orderId).getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isId(Object value) {
    return value instanceof String id && id.matches("[^\\p{Cc}\\p{Cs}]{1,256}");
  }

  private static boolean isOwnPage(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    String origin = request.getHeader("Origin");
    if (site != null) return site.equals("same-origin");
    return origin == null || origin.replaceFirst("^https?://", "").equals(request.getHeader("Host"));
  }

  private static ResponseEntity<Object> refusal(int status, String code) {
    return ResponseEntity.status(status).body(Map.of("code", code));
  }

  @PostMapping(path = "/payments/complete", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Object> confirm(HttpServletRequest request, @RequestBody Map<String, Object> body) {
    if (!isOwnPage(request)) return refusal(403, "foreign_origin");
    Object impUid = body.get("imp_uid");
    Object merchantUid = body.get("merchant_uid");
    if (impUid == null && merchantUid == null) return refusal(400, "invalid_request");
    if ((impUid != null && !isId(impUid)) || (merchantUid != null && !isId(merchantUid))) return refusal(400, "invalid_request");

    Map<String, Object> verdict = new LinkedHashMap<>();
    verdict.put("status", "pending");
    verdict.put("imp_uid", impUid);
    verdict.put("merchant_uid", merchantUid);
    Order order;
    try {
      order = settle((String) impUid, (String) merchantUid, false);
    } catch (Unavailable cause) {
      return ResponseEntity.status(202).header("Retry-After", "3").body(verdict);
    }
    if (order == null && merchantUid != null) return refusal(404, "order_not_found");
    // The work is done for whoever asks; how it stands is told to the order's own customer.
    if (order == null || !isTokenOf(order.id(), body.get("t"))) return ResponseEntity.ok(verdict);
    verdict.put("status", order.status().equals("created") ? "pending" : order.status());
    if (impUid == null) verdict.put("imp_uid", order.impUid());
    verdict.put("merchant_uid", order.id());
    verdict.put("amount", order.amount());
    verdict.put("currency", order.currency());
    verdict.put("name", order.name());
    order.details().fields().forEachRemaining(field -> verdict.put(field.getKey(), field.getValue()));
    return ResponseEntity.status(order.status().equals("forged") ? 400 : 200).body(verdict);
  }

  // Unsigned, and sent once: anybody may have sent it, and the sweep finds what it has missed. As JSON or as a form, as the
  // console says.
  @PostMapping(path = "/payments/webhook", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Object> webhook(@RequestBody Map<String, Object> body) {
    Object impUid = body.get("imp_uid");
    Object merchantUid = body.get("merchant_uid");
    if (!isId(impUid) || !isId(merchantUid)) return refusal(400, "invalid_request");
    try {
      settle((String) impUid, (String) merchantUid, true);
    } catch (Unavailable cause) {
      return ResponseEntity.status(503).header("Retry-After", "3").body(Map.of("code", "payment_not_known_yet"));
    }
    return ResponseEntity.ok().build();
  }

  @PostMapping(path = "/payments/webhook", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
  ResponseEntity<Object> webhookForm(@RequestParam Map<String, Object> fields) {
    return webhook(fields);
  }

  @ExceptionHandler({HttpMessageNotReadableException.class, HttpMediaTypeNotSupportedException.class})
  ResponseEntity<Object> unreadable() {
    return refusal(400, "invalid_request");
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> mistake(Exception cause) {
    log.error("a mistake", cause);
    return refusal(500, "internal_error");
  }
}
