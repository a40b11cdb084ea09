#pragma once
// Shared by all tests.

#include <QtTest>
#include <QtWidgets>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>
