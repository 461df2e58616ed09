<?php
// PHP 8 and SQLite: the landing page's confirm, PortOne's webhook, and one settle() for both. To try it: php -S 127.0.0.1:3000 complete.php
// Environment: DATABASE (a file), PORTONE_API_URL, PORTONE_API_KEY, PORTONE_API_SECRET, ORDER_TOKEN_SECRET.
// The contract, and why it is as it is: ../merchant-server.md. The sweep, the limits and the queue are in demo/merchant.
declare(strict_types=1);

$db = new PDO('sqlite:' . (getenv('DATABASE') ?: 'shop.db'), options: [PDO::ATTR_TIMEOUT => 20, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
$db->exec("
  CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, name TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'created', imp_uid TEXT UNIQUE, details TEXT NOT NULL DEFAULT '{}');
  CREATE TABLE IF NOT EXISTS fulfilments (order_id TEXT PRIMARY KEY REFERENCES orders)");

/** @return int how many rows it changed */
function execute(string $sql, array $values): int
{
    global $db;
    $statement = $db->prepare($sql);
    $statement->execute($values);
    return $statement->rowCount();
}

function readOrder(?string $id): ?array
{
    global $db;
    $statement = $db->prepare('SELECT * FROM orders WHERE id = ?');
    $statement->execute([$id]);
    return $statement->fetch() ?: null;
}

// SQLite lets one write at a time. On MySQL and PostgreSQL the UPDATE takes the row's lock, and looks at the row again once it has it.
const APPLY = "
  UPDATE orders SET status = :status, imp_uid = :imp_uid, details = :details
  WHERE id = :id AND (status IN ('created', 'pending', 'failed')
    OR status = 'ready' AND (:status IN ('paid', 'ready') OR imp_uid = :imp_uid AND :status <> 'pending')
    OR status = 'paid' AND :status = 'cancelled' AND imp_uid = :imp_uid
    OR status = 'cancelled' AND :status = 'paid' AND imp_uid <> :imp_uid)";

/** PortOne could not be asked. Nothing is known, so nothing has failed. */
class Unavailable extends Exception {}

function askPortOne(string $path, string $header, ?array $body = null): ?array
{
    $http = ['header' => "Content-Type: application/json\r\n$header", 'timeout' => 5, 'ignore_errors' => true, 'follow_location' => 0];
    if ($body) $http += ['method' => 'POST', 'content' => json_encode($body)];
    $text = @file_get_contents((getenv('PORTONE_API_URL') ?: 'https://api.iamport.kr') . $path, false, stream_context_create(['http' => $http]));
    $status = preg_match('/ (\d+)/', $http_response_header[0] ?? '', $found) ? (int) $found[1] : 0;
    if ($status === 404 && str_starts_with($path, '/payments/')) return null;
    $answer = json_decode((string) $text, true);
    if ($status !== 200 || ($answer['code'] ?? null) !== 0 || !is_array($answer['response'] ?? null)) throw new Unavailable("PortOne: HTTP $status");
    return $answer['response'];
}

function findPayment(string $path, string $id, string $status = ''): ?array
{
    if (preg_match('/^\.+$/D', $id)) return null; // It would walk up the path.
    // PortOne gives the same token until it expires, so asking each time is right. Keep it in APCu to save the round trip.
    $keys = ['imp_key' => getenv('PORTONE_API_KEY'), 'imp_secret' => getenv('PORTONE_API_SECRET')];
    ['access_token' => $token] = askPortOne('/users/getToken', '', $keys);
    return askPortOne($path . rawurlencode($id) . $status, "Authorization: $token");
}

/** Where every road ends. None is believed: it only says where to look. null: no such order. */
function settle(?string $impUid, ?string $merchantUid, bool $isNews = false): ?array
{
    global $db;
    $order = readOrder($merchantUid);
    if ($merchantUid !== null && !$order) return null;
    if (!$isNews && $order && $order['status'] === 'paid' && ($impUid ?? $order['imp_uid']) === $order['imp_uid']) return $order;

    $payment = $impUid === null ? null : findPayment('/payments/', $impUid);
    $order ??= readOrder($payment['merchant_uid'] ?? null);
    if (!$order) return null;
    // Another try of the same order may have been paid, an older one too.
    if (!$payment || ($payment['merchant_uid'] === $order['id'] && $payment['status'] !== 'paid')) {
        $payment = findPayment('/payments/find/', $order['id'], '/paid') ?? $payment ?? findPayment('/payments/find/', $order['id']);
    }
    if (!$payment) return $order;

    $status = $payment['status'];
    if ($status === 'ready' && !$payment['vbank_num']) $status = 'pending'; // The customer is in the gateway's window, or has left it.
    $isWorth = $payment['amount'] == $order['amount'] && $payment['currency'] === $order['currency'];
    if ($payment['merchant_uid'] !== $order['id'] || (in_array($status, ['paid', 'ready', 'cancelled'], true) && !$isWorth)) {
        error_log('forged ' . substr($order['id'], 0, 19)); // For a person to look at.
        return [...$order, 'status' => 'forged', 'details' => '{}'];
    }
    if ($status === 'paid' && ($payment['cancel_amount'] ?? 0)) return $order; // Partly taken back: a person decides.
    $details = match (true) {
        $status === 'ready' => array_intersect_key($payment, array_flip(['vbank_num', 'vbank_name', 'vbank_holder', 'vbank_date'])),
        $status === 'failed' && !empty($payment['fail_reason']) => ['message' => $payment['fail_reason']],
        default => [],
    };

    $db->exec('BEGIN IMMEDIATE'); // Both, or neither. A worker ships what stands in fulfilments.
    $changed = execute(APPLY, ['id' => $order['id'], 'status' => $status, 'imp_uid' => $payment['imp_uid'], 'details' => json_encode($details)]);
    $isFirst = $changed && $status === 'paid' && execute('INSERT OR IGNORE INTO fulfilments VALUES (?)', [$order['id']]);
    $db->exec('COMMIT');
    if ($isFirst) error_log('settled ' . substr($order['id'], 0, 19));
    $after = readOrder($order['id']);
    if ($status === 'paid' && $after['imp_uid'] !== $payment['imp_uid']) error_log('paid twice ' . substr($order['id'], 0, 19));
    return $after;
}

function sign(string $orderId): string
{
    // With an empty one, anybody could sign.
    return hash_hmac('sha256', $orderId, getenv('ORDER_TOKEN_SECRET') ?: throw new RuntimeException('ORDER_TOKEN_SECRET is missing'));
}

function isId(mixed $id): bool
{
    return is_string($id) && preg_match('/^[^\x00-\x1f\x7f]{1,256}$/Du', $id) === 1;
}

function isOwnPage(): bool
{
    $site = $_SERVER['HTTP_SEC_FETCH_SITE'] ?? '';
    $origin = preg_replace('~^https?://~', '', $_SERVER['HTTP_ORIGIN'] ?? '');
    return $site ? $site === 'same-origin' : !$origin || $origin === $_SERVER['HTTP_HOST'];
}

function answer(int $http, ?array $body, string ...$headers): never
{
    http_response_code($http);
    foreach ($headers as $header) header($header);
    if ($body !== null) header('Content-Type: application/json');
    exit($body === null ? '' : json_encode($body, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR));
}

function confirm(array $body): never
{
    if (!isOwnPage()) answer(403, ['code' => 'foreign_origin']);
    $ids = ['imp_uid' => $body['imp_uid'] ?? null, 'merchant_uid' => $body['merchant_uid'] ?? null];
    $given = array_filter($ids, fn ($id) => $id !== null);
    if (!$given || $given !== array_filter($given, 'isId')) answer(400, ['code' => 'invalid_request']);
    $unknown = ['status' => 'pending', ...$ids];
    try {
        $order = settle(...array_values($ids));
    } catch (Unavailable) {
        answer(202, $unknown, 'Retry-After: 3');
    }
    if (!$order && $ids['merchant_uid'] !== null) answer(404, ['code' => 'order_not_found']);
    // The work is done for whoever asks; how it stands is told to the order's own customer.
    $t = $body['t'] ?? null;
    if (!$order || !is_string($t) || !hash_equals(sign($order['id']), $t)) answer(200, $unknown);
    $status = $order['status'] === 'created' ? 'pending' : $order['status'];
    $verdict = ['status' => $status, 'imp_uid' => $ids['imp_uid'] ?? $order['imp_uid'], 'merchant_uid' => $order['id']];
    $shown = ['amount' => (int) $order['amount'], 'currency' => $order['currency'], 'name' => $order['name']];
    answer($status === 'forged' ? 400 : 200, [...$verdict, ...$shown, ...json_decode($order['details'], true)]);
}

/** Unsigned, and sent once: anybody may have sent it, and the sweep finds what it has missed. */
function webhook(array $body): never
{
    if (!isId($body['imp_uid'] ?? null) || !isId($body['merchant_uid'] ?? null)) answer(400, ['code' => 'invalid_request']);
    settle($body['imp_uid'], $body['merchant_uid'], isNews: true);
    answer(200, null);
}

/** Stands for your checkout. The price is the server's; the token goes into the landing URL: m_redirect_url "…/complete?t=$token". */
function createOrder(): never
{
    $id = 'order-' . bin2hex(random_bytes(12));
    execute("INSERT INTO orders (id, name, amount, currency) VALUES (?, '모퉁이 블렌드', 12000, 'KRW')", [$id]);
    answer(201, ['merchant_uid' => $id, 'amount' => 12000, 'token' => sign($id)]);
}

$isJson = preg_match('~^application/json\s*(;|$)~i', $_SERVER['CONTENT_TYPE'] ?? '') === 1;
$text = (string) file_get_contents('php://input', length: 16 * 1024 + 1);
if (strlen($text) > 16 * 1024) answer(413, ['code' => 'too_large']);
$body = $isJson ? json_decode($text, true) : null;
$body = is_array($body) ? $body : [];
try {
    match ($_SERVER['REQUEST_METHOD'] . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
        'POST/orders' => createOrder(),
        'POST/payments/complete' => confirm($body),
        'POST/payments/webhook' => webhook($isJson ? $body : $_POST),
        default => answer(404, ['code' => 'not_found']),
    };
} catch (Unavailable) {
    answer(503, ['code' => 'payment_not_known_yet'], 'Retry-After: 3');
} catch (Throwable $error) {
    error_log($error->getMessage());
    answer(500, ['code' => 'internal_error']);
}
