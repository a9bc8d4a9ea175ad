#include "sql/statement.h"

namespace coffer {
namespace {

// Long enough for names, digests and password hashes; what is longer is fetched a second time.
constexpr std::size_t kUsualLength = 256;

bool is_number(enum_field_types type) {
  switch (type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return true;
    default:
      return false;
  }
}

MYSQL_BIND bind_value(const Value& value) {
  MYSQL_BIND bind{};
  if (auto number = std::get_if<std::uint64_t>(&value.state())) {
    bind.buffer_type = MYSQL_TYPE_LONGLONG;
    bind.is_unsigned = true;
    bind.buffer = const_cast<std::uint64_t*>(number);
  } else if (auto text = std::get_if<std::string_view>(&value.state())) {
    bind.buffer_type = MYSQL_TYPE_STRING;
    bind.buffer = const_cast<char*>(text->data());
    bind.buffer_length = text->size();
  } else if (auto bytes = std::get_if<Value::Bytes>(&value.state())) {
    bind.buffer_type = MYSQL_TYPE_BLOB;
    bind.buffer = const_cast<std::uint8_t*>(bytes->data());
    bind.buffer_length = bytes->size();
  } else {
    bind.buffer_type = MYSQL_TYPE_NULL;
  }
  return bind;
}

}  // namespace

Result<> expect_one(const Result<Changed>& changed, const Error& otherwise) {
  if (!changed) return changed.error();
  return changed->rows == 1 ? Result<>{} : otherwise;
}

unsigned Statement::prepare(MYSQL* server, std::string_view sql, Statement& out) {
  out.server_ = server;
  out.statement_.reset(mysql_stmt_init(server));
  if (!out.statement_) return CR_OUT_OF_MEMORY;
  if (mysql_stmt_prepare(out.statement_.get(), sql.data(), sql.size()) != 0)
    return mysql_stmt_errno(out.statement_.get());
  out.bind_columns();
  return 0;
}

void Statement::bind_columns() {
  std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(
      mysql_stmt_result_metadata(statement_.get()), mysql_free_result);
  if (!result) return;
  auto count = mysql_num_fields(result.get());
  auto fields = mysql_fetch_fields(result.get());
  results_.assign(count, {});
  columns_.assign(count, {});
  lengths_.assign(count, 0);
  nulls_ = std::make_unique<mysql_bool[]>(count);
  for (unsigned i = 0; i < count; i++) {
    MYSQL_BIND& bind = results_[i];
    bind.is_null = &nulls_[i];
    bind.length = &lengths_[i];
    columns_[i].name = fields[i].name;
    if (is_number(fields[i].type)) {
      bind.buffer_type = MYSQL_TYPE_LONGLONG;
      bind.is_unsigned = true;
      bind.buffer = &columns_[i].number;
    } else {
      columns_[i].buffer.resize(kUsualLength);
      bind.buffer_type = MYSQL_TYPE_STRING;
      bind.buffer = columns_[i].buffer.data();
      bind.buffer_length = columns_[i].buffer.size();
    }
  }
}

unsigned Statement::execute(std::initializer_list<Value> values, const EachRow& each) {
  auto statement = statement_.get();
  if (mysql_stmt_param_count(statement) != values.size()) return CR_PARAMS_NOT_BOUND;
  std::vector<MYSQL_BIND> parameters;
  parameters.reserve(values.size());
  for (const Value& value : values) parameters.push_back(bind_value(value));
  if (!parameters.empty() && mysql_stmt_bind_param(statement, parameters.data()) != 0)
    return error();
  if (mysql_stmt_execute(statement) != 0) return error();
  if (results_.empty()) return 0;
  auto number = fetch(each);
  if (mysql_stmt_free_result(statement) != 0 && number == 0) number = error();
  return number;
}

unsigned Statement::fetch(const EachRow& each) {
  auto statement = statement_.get();
  if (mysql_stmt_bind_result(statement, results_.data()) != 0) return error();
  Row row(columns_);
  for (;;) {
    int status = mysql_stmt_fetch(statement);
    if (status == MYSQL_NO_DATA) return 0;
    if (status != 0 && status != MYSQL_DATA_TRUNCATED) return error();
    for (unsigned i = 0; i < columns_.size(); i++) {
      columns_[i].null = nulls_[i];
      columns_[i].length = lengths_[i];
      if (columns_[i].null || lengths_[i] <= columns_[i].buffer.size() ||
          columns_[i].buffer.empty())
        continue;
      MYSQL_BIND whole = results_[i];
      std::vector<char> buffer(lengths_[i]);
      whole.buffer = buffer.data();
      whole.buffer_length = buffer.size();
      if (mysql_stmt_fetch_column(statement, &whole, i, 0) != 0) return error();
      columns_[i].buffer = std::move(buffer);
      results_[i].buffer = columns_[i].buffer.data();
      results_[i].buffer_length = columns_[i].buffer.size();
      if (mysql_stmt_bind_result(statement, results_.data()) != 0) return error();
    }
    each(row);
  }
}

// What ends a result in its middle, a time limit say, MariaDB's library notes with the connection
// only: the statement's own number is 0.
unsigned Statement::error() const {
  if (auto number = mysql_stmt_errno(statement_.get())) return number;
  if (auto number = mysql_errno(server_)) return number;
  return CR_UNKNOWN_ERROR;
}

std::string Statement::complaint() const {
  std::string own = mysql_stmt_error(statement_.get());
  return own.empty() ? mysql_error(server_) : own;
}

Changed Statement::changed() const {
  return {mysql_stmt_affected_rows(statement_.get()), mysql_stmt_insert_id(statement_.get())};
}

}  // namespace coffer
