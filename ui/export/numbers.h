#pragma once
// The numbers behind a figure as named tensors, for .npz, .safetensors and .json.

#include "core/base/expected.h"
#include "core/tensor/tensor.h"
#include "ui/views/view.h"

#include <map>
#include <string>

namespace headlight::ui {

struct FigureNumbers {
    std::map<std::string, Tensor> tensors;
    std::map<std::string, std::string> texts; ///< labels of rows and columns, one per line
};

/// The maps as they are shown (special tokens hidden, words joined), float32:
/// - the grid: every layer of the site under the name of `headlight attend` ("attentions.3"), [1,H,T,S];
/// - any other view: "attention" [T,S] of the chosen heads, and "query_index" [T], "key_index" [S];
/// - and each column of numbers of the view's table under the column's name, [rows]; its columns of words are
/// texts. Errors: Unsupported when they would take more than `mostBytes`.
Expected<FigureNumbers> figureNumbers(const ViewDescriptor& view, const Scene& scene);
constexpr std::int64_t mostBytes = std::int64_t(4) << 30;
/// Whether the view's table fits into memory: each weight of it is a text, and some views add the names of
/// its tokens. Errors: Unsupported for more than `mostTexts`, which take about a gigabyte.
Status checkTable(const ViewDescriptor& view, const Scene& scene);
constexpr std::int64_t mostTexts = std::int64_t(1) << 24; ///< a heat map of four thousand tokens

/// One sentence: what would be written.
QString numbersText(const ViewDescriptor& view, const Scene& scene);
/// Rows as text with tabs between, for a spreadsheet; tabs and line breaks inside become spaces.
QString tabSeparated(const std::vector<std::vector<QString>>& table);

} // namespace headlight::ui
