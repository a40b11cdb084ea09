#pragma once
// Filters, tests, methods and global functions of templates, by their names in Jinja and Python.

#include "core/text/chat/template_context.h"

namespace headlight::chat {

/// value | name(arguments). Problems: a filter that is not known here, or arguments it cannot take.
Value applyFilter(const std::string& name, const Value& value, const Arguments& arguments);
/// value is name(arguments). Problems: as above.
bool applyTest(const std::string& name, const Value& value, const Arguments& arguments);
/// value.name(arguments) of texts and dicts. Problems: as above.
Value callMethod(const Value& value, const std::string& name, const Arguments& arguments);
/// value[key]: undefined when it is not there.
Value subscript(const Value& value, const Value& key);
/// value[first:last:step], each of which may be undefined. Problems: what has no parts.
Value slice(const Value& value, const Value& first, const Value& last, const Value& step);
/// What a loop goes over: items of a list, keys of a dict, characters of a text. Problems: anything else.
List iterated(const Value& value);
/// Left sign right of + - * / // % ** ~. Problems: operands of the wrong kind, division by zero.
Value calculated(const std::string& sign, const Value& left, const Value& right);
bool contains(const Value& container, const Value& value);
/// range, namespace, dict, raise_exception, strftime_now. `now`: seconds since 1970.
Context::Names globalFunctions(std::int64_t now);

} // namespace headlight::chat
