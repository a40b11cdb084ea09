#pragma once
// A value or the Error that kept it from existing; the little of std::expected (C++23) that is needed here.

#include "core/base/check.h"
#include "core/base/error.h"

#include <utility>
#include <variant>

namespace headlight {

template <typename T>
class [[nodiscard]] Expected {
public:
    Expected(T value)
        : m_state(std::in_place_index<0>, std::move(value))
    {
    }
    Expected(Error error)
        : m_state(std::in_place_index<1>, std::move(error))
    {
    }

    bool hasValue() const { return m_state.index() == 0; }
    explicit operator bool() const { return hasValue(); }

    T& value() &
    {
        HEADLIGHT_CHECK(hasValue(), error().message);
        return std::get<0>(m_state);
    }
    const T& value() const&
    {
        HEADLIGHT_CHECK(hasValue(), error().message);
        return std::get<0>(m_state);
    }
    T&& value() &&
    {
        HEADLIGHT_CHECK(hasValue(), error().message);
        return std::get<0>(std::move(m_state));
    }
    const Error& error() const { return std::get<1>(m_state); }

    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

private:
    std::variant<T, Error> m_state;
};

/// Success without a value, or an Error.
class [[nodiscard]] Status {
public:
    Status() = default;
    Status(Error error)
        : m_error(std::move(error))
        , m_ok(false)
    {
    }
    bool ok() const { return m_ok; }
    explicit operator bool() const { return m_ok; }
    const Error& error() const { return m_error; }

private:
    Error m_error;
    bool m_ok = true;
};

} // namespace headlight

#define HEADLIGHT_JOIN_(a, b) a##b
#define HEADLIGHT_JOIN(a, b) HEADLIGHT_JOIN_(a, b)
/// Runs an expression that gives Expected<T>; declares `declaration` with its value or returns its Error.
#define HEADLIGHT_TRY(declaration, expression)                                                                \
    auto HEADLIGHT_JOIN(expected_, __LINE__) = (expression);                                                  \
    if (!HEADLIGHT_JOIN(expected_, __LINE__))                                                                 \
        return HEADLIGHT_JOIN(expected_, __LINE__).error();                                                   \
    declaration = *std::move(HEADLIGHT_JOIN(expected_, __LINE__))
/// Runs an expression that gives a Status; returns its Error if it failed.
#define HEADLIGHT_TRY_STATUS(expression)                                                                      \
    if (auto HEADLIGHT_JOIN(status_, __LINE__) = (expression); !HEADLIGHT_JOIN(status_, __LINE__))            \
    return HEADLIGHT_JOIN(status_, __LINE__).error()
