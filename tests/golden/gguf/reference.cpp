// What llama.cpp says of a GGUF file; no part of the build. make_quantised.py tells how it is used.
//
//     g++ -I<llama.cpp>/include -I<llama.cpp>/ggml/include reference.cpp <bins>/libllama*.so <bins>/libggml*.so -o reference
//     BINS=<bins> reference quantize in.gguf out.gguf <type>
//     BINS=<bins> reference logits model.gguf out <id> <id> ...        raw f32, a row of the vocabulary per token
//     BINS=<bins> reference states model.gguf out <id> <id> ...        the same with a bare encoder's last hidden states

#include "ggml-backend.h"
#include "llama.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

int quantize(char** arguments)
{
    llama_model_quantize_params parameters = llama_model_quantize_default_params();
    parameters.nthread = 1;
    parameters.ftype = llama_ftype(std::atoi(arguments[2]));
    return int(llama_model_quantize(arguments[0], arguments[1], &parameters));
}

/// Everything in f32, without the shortcuts that round.
llama_context* makeContext(llama_model* model, bool states)
{
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = 256;
    parameters.n_threads = parameters.n_threads_batch = 1;
    parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    parameters.type_k = parameters.type_v = GGML_TYPE_F32;
    parameters.embeddings = states;
    parameters.pooling_type = LLAMA_POOLING_TYPE_NONE;
    return llama_init_from_model(model, parameters);
}

int run(bool states, int count, char** arguments)
{
    llama_model_params parameters = llama_model_default_params();
    parameters.use_extra_bufts = false;
    llama_model* model = llama_model_load_from_file(arguments[0], parameters);
    if (model == nullptr)
        return 1;
    llama_context* context = makeContext(model, states);
    const int tokens = count - 2;
    llama_batch batch = llama_batch_init(tokens, 0, 1);
    batch.n_tokens = tokens;
    for (int i = 0; i < tokens; ++i) {
        batch.token[i] = std::atoi(arguments[2 + i]);
        batch.pos[i] = i;
        batch.n_seq_id[i] = 1;
        batch.seq_id[i][0] = 0;
        batch.logits[i] = 1;
    }
    if ((states ? llama_encode(context, batch) : llama_decode(context, batch)) != 0)
        return 1;
    std::FILE* file = std::fopen(arguments[1], "wb");
    const int width = states ? llama_model_n_embd(model) : llama_vocab_n_tokens(llama_model_get_vocab(model));
    for (int i = 0; i < tokens; ++i)
        std::fwrite(states ? llama_get_embeddings_ith(context, i) : llama_get_logits_ith(context, i), 4, std::size_t(width), file);
    return std::fclose(file);
}

} // namespace

int main(int count, char** arguments)
{
    if (count < 5)
        return 2;
    ggml_backend_load_all_from_path(std::getenv("BINS"));
    llama_backend_init();
    const std::string verb = arguments[1];
    return verb == "quantize" ? quantize(arguments + 2) : run(verb == "states", count - 2, arguments + 2);
}
